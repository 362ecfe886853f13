-- finding: "{rows:n product} recommended"
-- reading: >
--   personal: from the customer's own history; similar_history: from customers who bought or rated the same; popular:
--   for everybody.
-- nothing: >
--   Nothing is recommended to this id: the filter of the data set leaves it out, or it does not exist. The popular
--   products are for such customers.
-- table: [rank, product_id, product_name, reason, source]
select
    rank,
    product_id,
    product_name,
    reason,
    source,
    score
from recommendations.product_recommendations
where dataset = $dataset and user_id = $user_id
order by rank
