with purchases as (
    select
        *,
        {{ local_time('ecommerce', 'invoiced_at') }} as local_invoiced_at,
        {{ ecommerce_as_of_date(local_time('ecommerce', 'invoiced_at')) }} as as_of_date
    from {{ ref('ecommerce_purchases') }}
),

rfm_cells as (
    select * from {{ ref('rfm_cells') }}
),

countries as (
    select
        customer_id,
        country
    from purchases
    group by customer_id, country
    qualify row_number() over (partition by customer_id order by sum(value) desc, country asc) = 1
),

customers as (
    select
        customer_id,
        max(as_of_date) - max(local_invoiced_at)::date as recency_days,
        count(distinct invoice_id) as frequency,
        sum(value - returned_value)::decimal(18, 2) as monetary_value,
        sum(value) as gross_value,
        sum(returned_value) as returned_value,
        count(distinct product_id) as distinct_products,
        max(as_of_date) - min(local_invoiced_at)::date as tenure_days,
        count(distinct date_trunc('month', local_invoiced_at)) as months_active
    from purchases
    group by customer_id
),

scored as (
    select
        *,
        ntile(5) over (order by recency_days desc, customer_id asc)::integer as recency_score,
        ntile(5) over (order by frequency, customer_id)::integer as frequency_score,
        ntile(5) over (order by monetary_value, customer_id)::integer as monetary_score
    from customers
)

select
    scored.customer_id,

    countries.country,
    rfm_cells.rfm_cell,

    scored.recency_days,
    scored.frequency,
    scored.monetary_value,
    {{ share('scored.gross_value', 'scored.frequency') }} as average_basket,
    scored.distinct_products,
    {{ share('scored.returned_value', 'scored.gross_value') }} as return_share,
    scored.tenure_days,
    scored.months_active,
    scored.recency_score,
    scored.frequency_score,
    scored.monetary_score
from scored
inner join countries using (customer_id)
inner join rfm_cells using (recency_score, frequency_score)
