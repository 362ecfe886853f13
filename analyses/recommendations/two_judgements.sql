{{ config(enabled=area_enabled('recommendations')) }}

-- What does each judgement say of each recommender, on the holdout?
with metrics as (
    select * from {{ ref('recommender_metrics') }}
    where evaluated_on = 'holdout'
)

select
    dataset,
    algorithm,
    bool_or(is_champion) as is_champion,
    round(max(value) filter (where metric = 'rmse'), 3) as rmse,
    round(max(value) filter (where protocol = 'rated_items' and metric = 'f1' and k = 10), 3) as f1_at_10,
    round(max(value) filter (where metric = 'ndcg' and k = 10), 4) as ndcg_at_10,
    round(max(ci_low) filter (where metric = 'ndcg' and k = 10), 4) as ndcg_low,
    round(max(ci_high) filter (where metric = 'ndcg' and k = 10), 4) as ndcg_high,
    round(max(value) filter (where protocol = 'full_catalogue' and metric = 'recall' and k = 10), 4) as recall_at_10,
    round(max(value) filter (where metric = 'hit_rate' and k = 10), 3) as hit_rate_at_10,
    round(max(value) filter (where metric = 'coverage' and k = 10), 3) as coverage_at_10
from metrics
group by dataset, algorithm
order by dataset asc, ndcg_at_10 desc nulls last, algorithm asc
