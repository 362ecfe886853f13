-- finding: "Most popular: {product_name}"
-- reading: For somebody we do not know. The order is that of the recommender.
-- chart: bars
-- name: product_name
-- value: ratings
-- unit: users who chose it
select
    rank,
    product_id,
    coalesce(product_name, product_id) as product_name,
    ratings
from recommendations.popular_products
where dataset = $dataset
order by rank
limit 20
