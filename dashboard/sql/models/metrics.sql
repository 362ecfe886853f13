-- Metrics by which families are compared.
select distinct metric from propensity.propensity_model_metrics
where dataset = $dataset and evaluated_on = $evaluated_on
order by metric <> 'roc_auc', metric
