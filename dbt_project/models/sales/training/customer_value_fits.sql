{{ config(schema='models') }}

-- As published: the fits that serve, and those of data sets that are switched off.
with fits as (
    select * from {{ ref('fit_customer_values') }}
    where model_run_id is not null
),

asked as (
    select distinct dataset
    from {{ ref('fit_customer_values') }}
),

stored as (
    select * from {{ source('previous_models', 'customer_value_fits') }}
)

select * from fits

union all by name

select stored.*
from stored
anti join asked using (dataset)
