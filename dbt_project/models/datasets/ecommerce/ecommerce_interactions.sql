-- What customers bought, as the recommendations read it: one row per customer, product and day. What came back stays in the
-- history, rated 0: before the day of its return nobody could know better, and nobody wants to be shown it again.
with sales as (
    select * from {{ ref('ecommerce_purchases') }}
),

purchases as (
    select
        customer_id,
        product_id,
        invoiced_at::date::timestamp as rated_at,
        case when returned_quantity = quantity then {{ element('returns', -1) }}.returned_at end as sent_back_at
    from sales
),

names as (
    select
        product_id,
        max_by(description, (invoiced_at, description)) filter (where description is not null) as product_name
    from sales
    group by product_id
)

select
    purchases.customer_id as user_id,
    purchases.product_id,
    names.product_name,
    bool_or(purchases.sent_back_at is null)::integer::double as rating,
    purchases.rated_at,
    case when bool_and(purchases.sent_back_at is not null) then max(purchases.sent_back_at) end as sent_back_at
from purchases
inner join names using (product_id)
group by purchases.customer_id, purchases.product_id, names.product_name, purchases.rated_at
