with fits as (
    select * from {{ ref('fit_recommenders') }}
),

stored as (
    select
        model_run_id,
        area,
        dataset,
        model_name,
        data_fingerprint,
        n_rows,
        params::varchar as params,
        metrics::varchar as metrics,
        library_versions::varchar as library_versions,
        is_served
    from {{ source('previous', 'model_runs') }}
),

kept as (
    select distinct dataset
    from fits
    where outcome in ('scored', 'kept')
)

select stored.*
from stored
semi join kept using (dataset)
where stored.area = 'recommendations' and stored.is_served

union all

select
    model_run_id,
    area,
    dataset,
    model_name,
    data_fingerprint,
    n_rows,
    params,
    metrics,
    library_versions,
    is_served or model_name = 'popularity_count' as is_served
from fits
where model_run_id is not null
