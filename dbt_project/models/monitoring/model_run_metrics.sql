with model_runs as (
    select * from {{ ref('model_runs') }}
)

select
    model_runs.model_run_id,
    figures.key as metric,
    figures.value::double as value
from model_runs
cross join json_each(model_runs.metrics) as figures
where json_type(figures.value) in ('DOUBLE', 'UBIGINT', 'BIGINT')
order by model_runs.model_run_id, metric
