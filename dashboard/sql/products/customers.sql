-- Customers whose id contains a text: the first ones.
select user_id
from recommendations.product_recommendations
where dataset = $dataset and rank = 1 and contains(lower(user_id), lower($text))
order by user_id <> $text, user_id
limit 20
