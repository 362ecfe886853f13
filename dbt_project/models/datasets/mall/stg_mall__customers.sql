{{ config(materialized='view') }}

with checked as (
    select * from {{ ref('checked_mall__customers') }}
)

select
    customer_id,
    gender,
    age,
    annual_income_k,
    spending_score
from checked
where reject_reason is null and exclusion_rule is null
