-- What do the two judgements say of each recommender? Errors of estimates, and what users would be shown, on the holdout.
select
    dataset,
    algorithm,
    bool_or(is_champion) as is_champion,
    round(max(value) filter (where metric = 'rmse'), 3) as rmse,
    round(max(value) filter (where protocol = 'rated_items' and metric = 'f1' and k = 10), 3) as f1_at_10,
    round(max(value) filter (where metric = 'ndcg' and k = 10), 4) as ndcg_at_10,
    round(max(ci_low) filter (where metric = 'ndcg' and k = 10), 4) as ndcg_low,
    round(max(ci_high) filter (where metric = 'ndcg' and k = 10), 4) as ndcg_high,
    round(max(value) filter (where metric = 'hit_rate' and k = 10), 3) as hit_rate_at_10,
    round(max(value) filter (where metric = 'coverage' and k = 10), 3) as coverage_at_10
from recommendations.recommender_metrics
where evaluated_on = 'holdout'
group by dataset, algorithm
order by dataset asc, ndcg_at_10 desc nulls last, algorithm asc
