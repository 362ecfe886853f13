-- Metrics by which the lists of recommenders are compared.
select distinct metric from recommendations.recommender_metrics
where dataset = $dataset and evaluated_on = 'holdout' and protocol = 'full_catalogue' and k = 10
order by metric <> 'ndcg', metric
