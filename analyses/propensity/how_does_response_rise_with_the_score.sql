-- How much better does a campaign do with the best tenth of the customers than with everyone?
select
    dataset,
    score_decile as tenth,
    leads as customers,
    conversions as came_true,
    round(100 * conversion_rate, 1) as percent_came_true,
    round(lift, 2) as times_that_of_everyone,
    round(100 * cumulative_gain, 1) as percent_reached_so_far
from propensity.propensity_gains
where evaluated_on = 'holdout'
order by dataset, score_decile
