-- Who is due to buy again, and what? Habits whose usual gap ends within a week, the largest habits first.
-- No row where nobody is due.
select
    again.user_id as customer_id,
    customers.segment_name,
    again.product_name,
    again.orders as orders_of_it,
    again.last_bought_on,
    again.median_gap_days,
    again.due_in_days
from recommendations.buy_again as again
inner join segmentation.ecommerce_customers as customers on again.user_id = customers.customer_id
where again.dataset = 'ecommerce' and again.due_in_days between 0 and 7
order by again.orders desc, again.user_id asc, again.rank asc
limit 100
