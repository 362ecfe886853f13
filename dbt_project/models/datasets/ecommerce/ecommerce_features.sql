with purchases as (
    select * from {{ ref('ecommerce_purchases') }}
),

features_over_time as (
    select * from {{ ref('ecommerce_features_over_time') }}
),

rfm_cells as (
    select * from {{ ref('rfm_cells') }}
),

spent as (
    select
        customer_id,
        country,
        sum(value) as value
    from purchases
    group by customer_id, country
),

countries as (
    select
        customer_id,
        country
    from spent
    qualify row_number() over (partition by customer_id order by value desc, country asc nulls last) = 1
),

customers as (
    select *
    from features_over_time
    qualify as_of_date = max(as_of_date) over ()
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
    scored.average_basket,
    scored.distinct_products,
    scored.return_share,
    scored.tenure_days,
    scored.months_active,
    scored.recency_score,
    scored.frequency_score,
    scored.monetary_score
from scored
inner join countries using (customer_id)
inner join rfm_cells using (recency_score, frequency_score)
