-- What became of the fit of each data set in this build, and the models that serve.
{%- for dataset in modelled_datasets() %}
{%- if dataset == 'ratings' %}
select
    'ratings' as dataset,
    list(model_runs.model_run_id order by model_runs.model_run_id) as model_run_ids,
    outcome.outcome,
    outcome.quality,
    outcome.challenger_quality
from {{ ref('recommendations_model_runs') }} as model_runs
cross join {{ ref('ratings_fit_outcome') }} as outcome
where model_runs.is_served
group by all
{%- else %}
select
    '{{ dataset }}' as dataset,
    list(model_run_id order by model_run_id) as model_run_ids,
    outcome,
    quality,
    challenger_quality
from {{ ref(fits_of(dataset)[0]) }}
group by all
{%- endif %}
{% if not loop.last %}union all{% endif %}
{%- endfor %}
