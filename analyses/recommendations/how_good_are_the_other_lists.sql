-- How good are the lists by segment and to buy again, against what one would show otherwise?
select
    list_name,
    method,
    k as products_shown,
    users,
    round(100 * value, 1) as percent_of_users_with_a_hit,
    round(100 * ci_low, 1) as at_least,
    round(100 * served_is_better_by, 1) as points_that_the_served_list_is_better,
    round(100 * better_by_low, 1) as at_least_better_by,
    round(100 * better_by_high, 1) as at_most_better_by
from recommendations.list_metrics
where metric = 'hit_rate'
order by list_name asc, k asc, percent_of_users_with_a_hit desc, method asc
