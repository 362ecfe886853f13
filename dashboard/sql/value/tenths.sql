-- finding: "The first tenth of customers will bring {first_share:share} of the next 90 days"
-- chart: bars
-- name: name
-- value: expected_value_90d
-- unit: expected value of the next 90 days
-- table: [name, customers, expected_value_90d, mean_probability_alive]
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
    avg(probability_alive) as mean_probability_alive,
    first_value(sum(expected_value_90d)) over (order by tenth) / sum(sum(expected_value_90d)) over () as first_share
from tenths
group by tenth
order by tenth
