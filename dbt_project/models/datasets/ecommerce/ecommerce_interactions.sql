-- What customers bought and did not send back, as the recommendations read it: one row per customer, product and day.
with purchases as (
    select * from {{ ref('ecommerce_purchases') }}
    where quantity > returned_quantity
),

names as (
    select
        product_id,
        max_by(description, (invoiced_at, description)) filter (where description is not null) as product_name
    from purchases
    group by product_id
)

select
    purchases.customer_id as user_id,
    purchases.product_id,
    names.product_name,
    1::double as rating,
    purchases.invoiced_at::date::timestamp as rated_at
from purchases
inner join names using (product_id)
group by purchases.customer_id, purchases.product_id, names.product_name, purchases.invoiced_at::date
