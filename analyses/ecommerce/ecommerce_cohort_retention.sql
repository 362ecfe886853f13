{{ config(enabled=source_enabled('ecommerce')) }}

-- Of the customers who first bought in a month, how many buy again so many months later?
with purchases as (
    select distinct
        customer_id,
        date_trunc('month', {{ local_time('ecommerce', 'invoiced_at') }}) as purchase_month
    from {{ ref('ecommerce_purchases') }}
),

cohorts as (
    select
        *,
        min(purchase_month) over (partition by customer_id) as cohort_month
    from purchases
)

select
    cohort_month::date as cohort_month,
    date_diff('month', cohort_month, purchase_month) as months_later,
    count(*) as customers,
    round(100.0 * count(*) / max(count(*)) over (partition by cohort_month), 1) as percent_of_cohort
from cohorts
group by cohort_month, purchase_month
order by cohort_month, purchase_month
