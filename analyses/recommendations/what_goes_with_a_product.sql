-- What goes with the best sellers? The three most similar products of each of the ten most popular.
select
    popular.dataset,
    popular.rank as popularity_rank,
    coalesce(popular.product_name, popular.product_id) as product,
    similar_products.rank,
    coalesce(others.product_name, similar_products.similar_product_id) as goes_with,
    round(similar_products.similarity, 3) as similarity
from recommendations.popular_products as popular
inner join recommendations.similar_products as similar_products using (dataset, product_id)
left join recommendations.products as others
    on similar_products.dataset = others.dataset and similar_products.similar_product_id = others.product_id
where popular.rank <= 10 and similar_products.rank <= 3
order by popular.dataset, popular.rank, similar_products.rank
