-- What was known of each customer at the beginning of every month, from what came before it, and what is known now.
with purchases as (
    select
        *,
        {{ local_time('ecommerce', 'invoiced_at') }} as local_invoiced_at,
        {{ ecommerce_as_of_date(local_time('ecommerce', 'invoiced_at')) }} as today
    from {{ ref('ecommerce_purchases') }}
),

orders as (
    select
        customer_id,
        invoice_id,
        local_invoiced_at::date as ordered_on,
        sum(value) as value,
        sum(returned_value) as returned_value
    from purchases
    group by customer_id, invoice_id, ordered_on
),

first_purchases as (
    select
        customer_id,
        product_id,
        min(local_invoiced_at)::date as bought_on
    from purchases
    group by customer_id, product_id
),

span as (
    select
        date_trunc('month', min(local_invoiced_at)) as first_month,
        max(local_invoiced_at)::date as last_day,
        max(today) as today
    from purchases
),

days as (
    select
        month::date as as_of_date,
        month::date - 1 as known_until
    from span
    cross join unnest(generate_series(first_month, today - interval 1 day, interval 1 month)) as months (month)

    union all

    select
        today as as_of_date,
        last_day as known_until
    from span
),

customers as (
    select
        days.as_of_date,
        orders.customer_id,
        days.as_of_date - max(orders.ordered_on) as recency_days,
        count(distinct orders.invoice_id) as frequency,
        sum(orders.value - orders.returned_value)::decimal(18, 2) as monetary_value,
        sum(orders.value) as gross_value,
        sum(orders.returned_value) as returned_value,
        days.as_of_date - min(orders.ordered_on) as tenure_days,
        count(distinct date_trunc('month', orders.ordered_on)) as months_active
    from orders
    inner join days on orders.ordered_on <= days.known_until
    group by days.as_of_date, orders.customer_id
),

products as (
    select
        days.as_of_date,
        first_purchases.customer_id,
        count(*) as distinct_products
    from first_purchases
    inner join days on first_purchases.bought_on <= days.known_until
    group by days.as_of_date, first_purchases.customer_id
)

select
    customers.customer_id,
    customers.as_of_date,
    customers.recency_days,
    customers.frequency,
    customers.monetary_value,
    {{ share('customers.gross_value', 'customers.frequency') }} as average_basket,
    products.distinct_products,
    {{ share('customers.returned_value', 'customers.gross_value') }} as return_share,
    customers.tenure_days,
    customers.months_active
from customers
inner join products using (as_of_date, customer_id)
