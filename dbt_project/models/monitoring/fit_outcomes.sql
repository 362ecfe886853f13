-- What became of the fit of each data set in this build, and the models that serve.
{%- set areas = fitted_areas() %}
with model_runs as (
    {%- for area in areas %}
    select
        area,
        dataset,
        model_run_id
    from {{ ref(area ~ '_model_runs') }}
    where is_served
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

fits as (
    {%- for area in areas %}
    select distinct
        '{{ area }}' as area,
        dataset,
        outcome,
        quality,
        challenger_quality,
        fit_problem
    from {{ ref(fit_of(area)) }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

served as (
    select
        area,
        dataset,
        list(distinct model_run_id order by model_run_id) as model_run_ids
    from model_runs
    group by area, dataset
)

select
    fits.area,
    fits.dataset,
    served.model_run_ids,
    fits.outcome,
    fits.quality,
    fits.challenger_quality,
    fits.fit_problem
from fits
inner join served using (area, dataset)
