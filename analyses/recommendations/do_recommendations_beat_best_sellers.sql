-- Do recommendations beat best sellers? Users who find something they go on to take, per list length, on the holdout.
select
    dataset,
    k as products_shown,
    round(100 * max(value) filter (where is_champion), 1) as percent_hit_by_champion,
    round(100 * max(ci_low) filter (where is_champion), 1) as at_least,
    round(100 * max(value) filter (where is_baseline), 1) as percent_hit_by_best_baseline,
    max_by(algorithm, value) filter (where is_baseline) as best_baseline
from recommendations.recommender_metrics
where evaluated_on = 'holdout' and metric = 'hit_rate'
group by dataset, k
order by dataset, k
