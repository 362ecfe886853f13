-- Metrics by which ways to value customers are compared.
select distinct metric from sales.customer_value_metrics
where dataset = $dataset and evaluated_on = 'holdout'
order by metric <> 'mae', metric
