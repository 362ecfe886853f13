-- What is somebody shown, and why? The lists of five users of each data set; put others into the filter.
select
    dataset,
    user_id,
    rank,
    product_id,
    product_name,
    source,
    reason
from recommendations.product_recommendations
qualify dense_rank() over (partition by dataset order by md5(user_id), user_id) <= 5
order by dataset, user_id, rank
