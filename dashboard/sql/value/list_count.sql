-- How many customers the list has.
select count(*) as customers
from sales.customer_values
where
    dataset = $dataset
    and contains(lower(customer_id), lower($text))
    and probability_alive between $alive_from and $alive_to
