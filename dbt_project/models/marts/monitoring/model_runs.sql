with model_runs as (
    {% for area in enabled_areas() %}
    select * from {{ ref(area ~ '_model_runs') }}
    {% if not loop.last %}union all by name{% endif %}
    {% endfor %}
)

select
    model_run_id,
    area,
    dataset,
    model_name,
    '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}'::timestamp as trained_at,
    data_fingerprint,
    n_rows,
    params::json as params,
    metrics::json as metrics,
    library_versions::json as library_versions,
    is_served
from model_runs
order by area, dataset, model_name, model_run_id
