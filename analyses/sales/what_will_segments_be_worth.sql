-- What will each segment be worth in the next 12 months, against what it spent in the year before?
select
    customers.segment_name,
    count(*) as customers,
    sum(customers.monetary_value) as spent_so_far,
    round(sum(expected.expected_value_365d)) as expected_value_365d,
    round(100 * sum(expected.expected_value_365d) / sum(sum(expected.expected_value_365d)) over (), 1) as percent_of_all,
    round(avg(expected.expected_value_365d), 2) as expected_per_customer,
    round(100 * avg(expected.purchase_probability_90d), 1) as mean_percent_who_buy_in_90_days
from sales.customer_values as expected
inner join segmentation.ecommerce_customers as customers using (customer_id)
group by customers.segment_name
order by expected_value_365d desc, customers.segment_name asc
