{{ config(schema='models') }}

with fits as (
    select * from {{ ref('fit_customer_values') }}
),

learned as (
    select
        dataset,
        model_name as method,
        model_run_id,
        unnest(parameters, max_depth := 2) as fields
    from fits
)

select
    dataset,
    method,
    fold,
    parameter,
    value,
    model_run_id
from learned
order by dataset, method, fold, parameter
