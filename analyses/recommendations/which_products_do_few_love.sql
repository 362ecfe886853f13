-- Which popular products are liked better than they are known? Of rated products, the mean once few ratings count for less.
-- No row where the data are without stars.
select
    dataset,
    rank as popularity_rank,
    product_id,
    product_name,
    ratings,
    round(mean_rating, 2) as mean_rating,
    round(shrunken_rating, 2) as shrunken_rating
from recommendations.popular_products
where mean_rating is not null
order by dataset asc, shrunken_rating desc, product_id asc
limit 20
