-- Products whose id or name contains a text: the most popular first.
select
    product_id,
    coalesce(product_name, product_id) as product_name
from recommendations.products
where
    dataset = $dataset
    and (contains(lower(product_name), lower($text)) or contains(lower(product_id), lower($text)))
order by ratings desc, product_id asc
limit 20
