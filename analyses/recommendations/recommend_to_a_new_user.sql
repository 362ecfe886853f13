-- What would somebody be shown who has rated these products? Runs on the published file as it stands.
-- No row where nobody has rated them: put products of yours into the list.
with new_ratings as (
    select unnest(['B0088CJT4U', 'B003ES5ZUU']) as product_id
),

weights as (
    select * from models.recommender_item_weights
    where dataset = 'ratings'
)

select
    weights.product_id,
    round(sum(weights.weight), 9) as score
from weights
semi join new_ratings on weights.neighbour_id = new_ratings.product_id
anti join new_ratings as known on weights.product_id = known.product_id
group by weights.product_id
order by score desc, weights.product_id asc
limit 10
