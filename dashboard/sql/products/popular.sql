-- finding: "To somebody we do not know, {product_name} is shown first"
-- reading: In the order of the recommender, with how many users chose each.
-- table: [rank, product_name, users]
select
    rank,
    coalesce(product_name, product_id) as product_name,
    ratings as users
from recommendations.popular_products
where dataset = $dataset
order by rank
limit 20
