-- What became of the fit of each data set in this build, and the models that serve.
{%- for dataset in modelled_datasets() %}
select
    '{{ dataset }}' as dataset,
    list(distinct model_runs.model_run_id order by model_runs.model_run_id) as model_run_ids,
    outcomes.outcome,
    outcomes.quality,
    outcomes.challenger_quality,
    outcomes.fit_problem
from {{ ref(area_of(dataset) ~ '_model_runs') }} as model_runs
cross join {{ ref(fits_of(dataset)[0]) }} as outcomes
where model_runs.dataset = '{{ dataset }}' and model_runs.is_served
group by outcomes.outcome, outcomes.quality, outcomes.challenger_quality, outcomes.fit_problem
{% if not loop.last %}union all{% endif %}
{%- endfor %}
