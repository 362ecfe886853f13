{{ config(materialized='view') }}

with fits as (
    select * from {{ ref('fit_customer_values') }}
    where model_run_id is not null
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
    is_champion as is_served
from fits
