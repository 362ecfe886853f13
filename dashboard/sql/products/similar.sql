-- finding: "Closest: {product_name}"
-- nothing: No product is similar to this one.
-- chart: bars
-- name: product_name
-- value: similarity
-- unit: similarity
-- form: .2f
-- table: [rank, similar_product_id, product_name, similarity]
select
    similar_products.rank,
    similar_products.similar_product_id,
    coalesce(products.product_name, similar_products.similar_product_id) as product_name,
    similar_products.similarity
from recommendations.similar_products
left join recommendations.products
    on similar_products.dataset = products.dataset and similar_products.similar_product_id = products.product_id
where similar_products.dataset = $dataset and similar_products.product_id = $product_id
order by similar_products.rank
