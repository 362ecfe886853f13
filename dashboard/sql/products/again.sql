-- finding: "To buy again: {product_name}, bought {orders:n time}"
-- reading: What the customer orders time and again, and in how many days it is due by the usual gap.
-- nothing: The customer has ordered nothing twice.
-- table: [rank, product_id, product_name, orders, last_bought_on, median_gap_days, due_in_days]
select
    rank,
    product_id,
    coalesce(product_name, product_id) as product_name,
    orders,
    last_bought_on,
    median_gap_days,
    due_in_days
from recommendations.buy_again
where dataset = $dataset and user_id = $user_id
order by rank
