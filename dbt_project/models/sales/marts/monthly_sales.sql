-- Every country has a row for every month of its data set, also for those without a sale.
with orders as (
    select
        *,
        coalesce(country, 'unknown') as sales_country,
        date_trunc('month', ordered_on) as month
    from {{ ref('orders') }}
),

months as (
    select
        dataset,
        last_day,
        {{ elements_of(months_between("date_trunc('month', first_day)", 'last_day')) }} as month
    from {{ ref('sales_days') }}
),

countries as (
    select distinct
        dataset,
        sales_country
    from orders
)

select
    months.dataset,
    months.month,
    countries.sales_country as country,
    count(orders.order_id) as orders,
    count(distinct orders.customer_id) as customers,
    count(*) filter (where orders.order_number = 1) as new_customers,
    coalesce(sum(orders.units), 0)::bigint as units,
    coalesce(sum(orders.net_amount), 0)::decimal(18, 4) as net_amount,
    last_day(months.month) <= months.last_day as is_complete
from months
inner join countries using (dataset)
left join orders using (dataset, month, sales_country)
group by months.dataset, months.month, months.last_day, countries.sales_country
order by months.dataset, months.month, country
