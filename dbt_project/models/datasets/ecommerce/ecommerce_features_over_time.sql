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
        sum(value) as value
    from purchases
    group by customer_id, invoice_id, ordered_on
),

returned_goods as (
    select
        customer_id,
        unit_price,
        {{ elements_of('returns') }} as goods
    from purchases
),

returns as (
    select
        customer_id,
        ({{ local_time('ecommerce', "goods['returned_at']") }})::date as returned_on,
        sum(goods['quantity'] * unit_price) as value
    from returned_goods
    group by customer_id, returned_on
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
        max(today) as today
    from purchases
),

months as (
    select {{ elements_of(months_between('first_month', 'today - 1')) }} as month
    from span
),

days as (
    select
        month as as_of_date,
        month - 1 as known_until
    from months

    union all

    select
        today as as_of_date,
        date '9999-12-31' as known_until
    from span
),

customers as (
    select
        days.as_of_date,
        orders.customer_id,
        {{ days_between('max(orders.ordered_on)', 'days.as_of_date') }} as recency_days,
        count(distinct orders.invoice_id) as frequency,
        sum(orders.value) as gross_value,
        {{ days_between('min(orders.ordered_on)', 'days.as_of_date') }} as tenure_days,
        count(distinct date_trunc('month', orders.ordered_on)) as months_active
    from orders
    inner join days on orders.ordered_on <= days.known_until
    group by days.as_of_date, orders.customer_id
),

returned as (
    select
        days.as_of_date,
        returns.customer_id,
        sum(returns.value) as returned_value
    from returns
    inner join days on returns.returned_on <= days.known_until
    group by days.as_of_date, returns.customer_id
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
    (customers.gross_value - coalesce(returned.returned_value, 0))::decimal(18, 2) as monetary_value,
    {{ share('customers.gross_value', 'customers.frequency') }} as average_basket,
    products.distinct_products,
    {{ share('coalesce(returned.returned_value, 0)', 'customers.gross_value') }} as return_share,
    customers.tenure_days,
    customers.months_active
from customers
inner join products using (as_of_date, customer_id)
left join returned using (as_of_date, customer_id)
