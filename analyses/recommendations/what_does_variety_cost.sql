-- What does variety cost? Recommenders that could serve: share of products shown against the quality of lists, on the holdout.
select
    dataset,
    algorithm,
    round(100 * max(value) filter (where metric = 'coverage'), 1) as percent_of_products_shown,
    round(max(value) filter (where metric = 'gini'), 3) as gini_of_places,
    round(max(value) filter (where metric = 'novelty'), 2) as novelty,
    round(max(value) filter (where metric = 'ndcg'), 4) as ndcg,
    bool_or(is_champion) as is_champion
from recommendations.recommender_metrics
where evaluated_on = 'holdout' and protocol = 'full_catalogue' and k = 10 and (is_servable or is_baseline)
group by dataset, algorithm
order by dataset asc, ndcg desc, algorithm asc
