-- How good are the expected values? Every method on the last quarter, which no fit and no choice has seen.
select
    method,
    is_champion,
    is_baseline,
    metric,
    round(value, 3) as value,
    round(ci_low, 3) as at_least,
    round(ci_high, 3) as at_most
from sales.customer_value_metrics
where evaluated_on = 'holdout'
order by metric asc, is_champion desc, value desc, method asc
