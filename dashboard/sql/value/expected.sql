-- finding: "In the next 90 days all customers are expected to bring {expected}, the first tenth {first_share:share} of it"
-- reading: At the rate of all the time that is known; it knows no season.
-- chart: bars
-- name: name
-- value: expected_value_90d
-- unit: expected value of the next 90 days
-- table: [name, customers, expected_value_90d, mean_purchase_probability_90d]
with tenths as (
    select
        *,
        ntile(10) over (order by value_rank) as tenth
    from sales.customer_values
    where dataset = $dataset
)

select
    tenth,
    case when tenth = 1 then 'the first tenth' else 'tenth ' || tenth end as name,
    count(*) as customers,
    sum(expected_value_90d) as expected_value_90d,
    avg(purchase_probability_90d) as mean_purchase_probability_90d,
    sum(sum(expected_value_90d)) over () as expected,
    first_value(sum(expected_value_90d)) over (order by tenth) / nullif(sum(sum(expected_value_90d)) over (), 0) as first_share
from tenths
group by tenth
order by tenth
