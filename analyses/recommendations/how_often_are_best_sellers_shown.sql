-- How often do the lists show each best seller? Few lists: most users have it already, or it sells no more.
select
    popular.dataset,
    popular.rank as popularity_rank,
    popular.product_id,
    popular.product_name,
    popular.ratings as buyers_or_raters,
    count(shown.user_id) as lists
from recommendations.popular_products as popular
left join recommendations.product_recommendations as shown using (dataset, product_id)
where popular.rank <= 20
group by popular.dataset, popular.rank, popular.product_id, popular.product_name, popular.ratings
order by popular.dataset, popular.rank
