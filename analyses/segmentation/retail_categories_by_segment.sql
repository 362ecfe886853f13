-- What does each retail segment spend its money on? Percent of its spend by category.
select
    segment_name,
    sum(total_spend) as spend,
    round(100 * sum(spend_wines) / sum(total_spend), 1) as percent_wines,
    round(100 * sum(spend_meat) / sum(total_spend), 1) as percent_meat,
    round(100 * sum(spend_fish) / sum(total_spend), 1) as percent_fish,
    round(100 * sum(spend_fruits) / sum(total_spend), 1) as percent_fruits,
    round(100 * sum(spend_sweets) / sum(total_spend), 1) as percent_sweets,
    round(100 * sum(spend_gold) / sum(total_spend), 1) as percent_gold
from segmentation.retail_customers
group by segment_name
order by spend desc, segment_name asc
