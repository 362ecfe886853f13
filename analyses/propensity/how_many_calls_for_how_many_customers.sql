-- If we call the best tenths of the leads only, how many calls does a customer cost, and how many customers do we miss?
select
    score_decile as best_tenths,
    sum(leads) over so_far as calls,
    sum(conversions) over so_far as customers,
    round(sum(leads) over so_far / sum(conversions) over so_far, 2) as calls_per_customer,
    round(100 * (1 - cumulative_gain), 1) as percent_of_customers_missed
from propensity.propensity_gains
where dataset = 'leads' and evaluated_on = 'holdout'
window so_far as (order by score_decile)
order by score_decile
