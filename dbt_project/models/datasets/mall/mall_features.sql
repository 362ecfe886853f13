with customers as (
    select * from {{ ref('stg_mall__customers') }}
)

select
    customer_id,

    gender,

    age,
    annual_income_k,
    spending_score
from customers
