-- How many customers the list has.
select count(*) as customers
from sales.customer_values
where
    dataset = $dataset
    and contains(lower(customer_id), lower($text))
    and purchase_probability_90d between $probability_from and $probability_to
