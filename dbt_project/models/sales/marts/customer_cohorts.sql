-- Customers by the month of their first order, and what they did in each month from then on.
with orders as (
    select
        *,
        date_trunc('month', ordered_on) as month,
        date_trunc('month', min(ordered_on) over (partition by dataset, customer_id)) as cohort_month
    from {{ ref('orders') }}
),

cohorts as (
    select
        orders.dataset,
        orders.cohort_month,
        sales_days.last_day,
        count(distinct orders.customer_id) as cohort_customers
    from orders
    inner join {{ ref('sales_days') }} as sales_days using (dataset)
    group by orders.dataset, orders.cohort_month, sales_days.last_day
),

months as (
    select
        *,
        {{ elements_of(months_between('cohort_month', 'last_day')) }} as month
    from cohorts
)

select
    months.dataset,
    months.cohort_month::date as cohort_month,
    {{ months_from('months.cohort_month', 'months.month') }}::integer as months_since,
    months.cohort_customers,
    count(distinct orders.customer_id) as active_customers,
    {{ rounded('count(distinct orders.customer_id) / months.cohort_customers') }} as retention,
    coalesce(sum(orders.net_amount), 0)::decimal(18, 4) as net_amount,
    last_day(months.month) <= months.last_day as is_complete
from months
left join orders using (dataset, cohort_month, month)
group by months.dataset, months.cohort_month, months.month, months.cohort_customers, months.last_day
order by months.dataset, months.cohort_month, months_since
