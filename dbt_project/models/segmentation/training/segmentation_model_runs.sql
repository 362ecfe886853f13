{{ config(materialized='view') }}

with fits as (
    select * from {{ ref('fit_segments') }}
)

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
    true as is_served
from fits
