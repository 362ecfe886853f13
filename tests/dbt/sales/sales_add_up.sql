-- Every table of sales adds up to the same orders and the same money, to the last digit.
{{ config(enabled=area_enabled('sales')) }}

with sums as (
    select
        dataset,
        'orders' as name,
        count(*) as orders,
        sum(units) as units,
        sum(net_amount) as net_amount
    from {{ ref('orders') }}
    group by dataset

    union all

    select
        dataset,
        'order_lines' as name,
        count(distinct order_id) as orders,
        sum(quantity - cancelled_quantity) as units,
        sum(amount - cancelled_quantity * unit_price) as net_amount
    from {{ ref('order_lines') }}
    group by dataset

    union all

    select
        dataset,
        'monthly_sales' as name,
        sum(orders) as orders,
        sum(units) as units,
        sum(net_amount) as net_amount
    from {{ ref('monthly_sales') }}
    group by dataset

    union all

    select
        dataset,
        'customer_cohorts' as name,
        null as orders,
        null as units,
        sum(net_amount) as net_amount
    from {{ ref('customer_cohorts') }}
    group by dataset

    union all

    select
        dataset,
        'product_sales' as name,
        null as orders,
        sum(units) as units,
        sum(net_amount) as net_amount
    from {{ ref('product_sales') }}
    group by dataset
)

select dataset
from sums
group by dataset
having count(*) != 5 or count(distinct orders) != 1 or count(distinct units) != 1 or count(distinct net_amount) != 1
