-- Each customer as of tonight and as of the starts of the last two periods, by what was known then. Of the past ones it is known
-- whether something was bought in the period.
with purchases as (
    select
        *,
        {{ local_time('ecommerce', 'invoiced_at') }}::date as bought_on,
        {{ ecommerce_as_of_date(local_time('ecommerce', 'invoiced_at')) }} as tonight
    from {{ ref('ecommerce_purchases') }}
),

cancelled_lines as (
    select
        customer_id,
        quantity * unit_price as value,
        {{ local_time('ecommerce', 'invoiced_at') }}::date as cancelled_on
    from {{ ref('stg_ecommerce__cancelled_lines') }}
),

rfm_cells as (
    select * from {{ ref('rfm_cells') }}
),

as_of as (
    select max(tonight) as tonight
    from purchases
),

numbers as (
    select {{ elements_of(list_of([0, 1, 2])) }} as periods_ago
),

periods as (
    select
        numbers.periods_ago,
        as_of.tonight - numbers.periods_ago * {{ var('ecommerce_repurchase_days') }} as as_of_date
    from as_of
    cross join numbers
),

orders as (
    select
        customer_id,
        invoice_id,
        min(bought_on) as ordered_on,
        sum(value)::double as basket,
        sum(quantity) as units,
        count(*) as lines
    from purchases
    group by customer_id, invoice_id
),

bought_again as (
    select distinct
        orders.customer_id,
        periods.periods_ago
    from orders
    inner join periods
        on
            orders.ordered_on >= periods.as_of_date
            and orders.ordered_on < periods.as_of_date + {{ var('ecommerce_repurchase_days') }}
),

products as (
    select
        purchases.customer_id,
        periods.periods_ago,
        count(distinct purchases.product_id) as distinct_products
    from purchases
    inner join periods on purchases.bought_on < periods.as_of_date
    group by purchases.customer_id, periods.periods_ago
),

returns as (
    select
        cancelled_lines.customer_id,
        periods.periods_ago,
        sum(cancelled_lines.value)::double as returned_value
    from cancelled_lines
    inner join periods on cancelled_lines.cancelled_on < periods.as_of_date
    group by cancelled_lines.customer_id, periods.periods_ago
),

customers as (
    select
        orders.customer_id,
        periods.periods_ago,
        periods.as_of_date,
        {{ days_between('max(orders.ordered_on)', 'periods.as_of_date') }} as recency_days,
        {{ days_between('min(orders.ordered_on)', 'periods.as_of_date') }} as tenure_days,
        count(*) as frequency,
        count(distinct date_trunc('month', orders.ordered_on)) as months_active,
        count(*) filter (where orders.ordered_on >= periods.as_of_date - 90) as orders_last_90_days,
        count(*) filter (where orders.ordered_on >= periods.as_of_date - 180) as orders_last_180_days,
        {{ exact_sum('orders.basket') }} as spend,
        max_by(orders.basket, (orders.ordered_on, orders.invoice_id)) as last_basket,
        sum(orders.lines) as lines,
        sum(orders.units) as units
    from orders
    inner join periods on orders.ordered_on < periods.as_of_date
    group by orders.customer_id, periods.periods_ago, periods.as_of_date
),

scored as (
    select
        *,
        ntile(5) over (partition by periods_ago order by recency_days desc, customer_id asc)::integer as recency_score,
        ntile(5) over (partition by periods_ago order by frequency, customer_id)::integer as frequency_score
    from customers
)

select
    scored.customer_id,
    scored.periods_ago,
    case when scored.periods_ago > 0 then bought_again.customer_id is not null end as has_bought_again,
    scored.as_of_date,

    rfm_cells.rfm_cell,

    scored.recency_days,
    scored.tenure_days,
    scored.frequency,
    scored.months_active,
    {{ rounded(
        'least(scored.months_active * 30.4375::double / greatest(scored.tenure_days, 30.4375::double), 1)'
    ) }} as active_months_share,
    scored.orders_last_90_days,
    scored.orders_last_180_days,
    {{ rounded('scored.spend') }} as spend,
    {{ rounded('scored.last_basket') }} as last_basket,
    {{ rounded('scored.lines / scored.frequency') }} as lines_per_order,
    {{ rounded('scored.units / scored.lines') }} as units_per_line,
    {{ rounded('scored.spend / scored.units') }} as average_price,
    products.distinct_products,
    {{ rounded('least(coalesce(returns.returned_value, 0) / scored.spend, 1)') }} as return_share
from scored
inner join products using (customer_id, periods_ago)
inner join rfm_cells using (recency_score, frequency_score)
left join returns using (customer_id, periods_ago)
left join bought_again using (customer_id, periods_ago)
