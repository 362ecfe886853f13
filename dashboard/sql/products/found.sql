-- Products whose id or name contains a text: the most popular first.
with products as (
    select
        product_id,
        any_value(product_name) as product_name,
        count(*) as lists
    from recommendations.product_recommendations
    where
        dataset = $dataset
        and (contains(lower(product_name), lower($text)) or contains(lower(product_id), lower($text)))
    group by product_id
)

select
    product_id,
    coalesce(product_name, product_id) as product_name,
    lists
from products
order by lists desc, product_id asc
limit 20
