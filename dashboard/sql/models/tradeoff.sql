-- finding: "What serves shows {served:share} of the catalogue; the widest shows {widest:share}"
-- reading: To the right more of the catalogue is shown, upwards the lists are better.
-- chart: named_points
-- name: algorithm
-- x: coverage
-- y: ndcg
-- x_title: share of the catalogue that is shown
-- y_title: NDCG at 10
-- colours: model
-- table: [algorithm, coverage, ndcg, is_champion, is_baseline]
with metrics as (
    select
        replace(algorithm, '_', ' ') as algorithm,
        is_champion,
        is_baseline,
        max(value) filter (where metric = 'ndcg') as ndcg,
        max(value) filter (where metric = 'coverage') as coverage
    from recommendations.recommender_metrics
    where dataset = $dataset and evaluated_on = 'holdout' and protocol = 'full_catalogue' and k = 10
    group by algorithm, is_champion, is_baseline
)

select
    *,
    max(coverage) filter (where is_champion) over () as served,
    max(coverage) over () as widest
from metrics
where ndcg is not null and coverage is not null
order by ndcg desc, algorithm asc
