-- finding: "By {metric_name:label}: {champion}{against}"
-- reading: On days that nothing was chosen on. The line is the 95 % interval. Dark blue serves, grey are baselines.
-- nothing: This was not measured.
-- chart: intervals
-- name: model_name
-- unit: "{metric_name:label}"
-- colours: model
-- table: [method, value, ci_low, ci_high, is_champion, is_baseline]
with methods as (
    select
        method,
        replace(method, '_', ' ')
        || case when is_champion then ' (serves)' when is_baseline then ' (baseline)' else '' end as model_name,
        value,
        coalesce(ci_low, value) as ci_low,
        coalesce(ci_high, value) as ci_high,
        is_baseline,
        is_champion,
        case when metric like '%ratio' then abs(value - 1) when metric in ('mae', 'rmse') then value else -value end as badness
    from sales.customer_value_metrics
    where dataset = $dataset and metric = $metric and evaluated_on = 'holdout'
)

select
    *,
    $metric as metric_name,
    max(format('{} serves with {:.3f} ({:.3f} to {:.3f})', replace(method, '_', ' '), value, ci_low, ci_high))
    filter (where is_champion) over () as champion,
    coalesce(
        ', against ' || min_by(format('{:.3f} of {}', value, replace(method, '_', ' ')), badness)
        filter (where is_baseline) over (), ''
    ) as against
from methods
order by badness, method
