{{ config(enabled=source_enabled('ecommerce')) }}

-- How do sales, orders and returns move over the year?
select
    date_trunc('month', {{ local_time('ecommerce', 'invoiced_at') }})::date as sales_month,
    count(distinct customer_id) as customers,
    count(distinct invoice_id) as orders,
    round(sum(value), 2) as sales,
    round(sum(returned_value), 2) as returned,
    round(100 * sum(returned_value) / sum(value), 2) as percent_returned
from {{ ref('ecommerce_purchases') }}
group by sales_month
order by sales_month
