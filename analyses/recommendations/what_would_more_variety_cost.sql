-- What would more variety cost? Share of products that everybody's lists show, by power of the diversity step, against their quality.
select
    dataset,
    diversity,
    round(100 * max(coverage) filter (where evaluated_on = 'serving'), 1) as percent_of_products_served,
    round(max(ndcg) filter (where evaluated_on = 'validation'), 4) as ndcg_on_validation,
    round(max(ndcg) filter (where evaluated_on = 'holdout'), 4) as ndcg_on_holdout,
    bool_or(is_chosen) as is_served
from recommendations.recommender_diversity
group by dataset, diversity
order by dataset, diversity
