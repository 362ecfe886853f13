-- finding: "Closest: {product_name}"
-- nothing: No product is similar to this one.
-- chart: bars
-- name: product_name
-- value: similarity
-- unit: similarity
-- form: .2f
-- table: [rank, similar_product_id, product_name, similarity]
with names as (
    select
        product_id,
        any_value(product_name) as product_name
    from recommendations.product_recommendations
    where dataset = $dataset
    group by product_id
)

select
    similar_products.rank,
    similar_products.similar_product_id,
    coalesce(names.product_name, similar_products.similar_product_id) as product_name,
    similar_products.similarity
from recommendations.similar_products
left join names on similar_products.similar_product_id = names.product_id
where similar_products.dataset = $dataset and similar_products.product_id = $product_id
order by similar_products.rank
