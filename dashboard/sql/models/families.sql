-- finding: "By {metric_name:label}: {champion}{against}"
-- reading: The line is the 95 % interval. Dark blue serves, grey are baselines.
-- nothing: This metric was not computed for these rows.
-- chart: intervals
-- name: model_name
-- unit: "{metric_name:label}"
-- colours: model
-- table: [model_family, value, ci_low, ci_high, is_champion, is_baseline]
with families as (
    select
        metrics.model_family,
        replace(metrics.model_family, '_', ' ') || case
            when candidates.is_champion then ' (serves)'
            when candidates.is_baseline then ' (baseline)'
            else ''
        end as model_name,
        metrics.value,
        coalesce(metrics.ci_low, metrics.value) as ci_low,
        coalesce(metrics.ci_high, metrics.value) as ci_high,
        candidates.is_champion,
        candidates.is_baseline,
        -- Of some metrics, less is better.
        if(metrics.metric in ('brier', 'log_loss'), metrics.value, -metrics.value) as badness
    from propensity.propensity_model_metrics as metrics
    inner join propensity.propensity_model_candidates as candidates using (dataset, model_family)
    where metrics.dataset = $dataset and metrics.metric = $metric and metrics.evaluated_on = $evaluated_on
)

select
    *,
    $metric as metric_name,
    max(format('{} serves with {:.3f} ({:.3f} to {:.3f})', replace(model_family, '_', ' '), value, ci_low, ci_high))
    filter (where is_champion) over () as champion,
    coalesce(
        ', against ' || min_by(format('{:.3f} of {}', value, replace(model_family, '_', ' ')), badness)
        filter (where is_baseline) over (), ''
    ) as against
from families
order by badness, model_family
