-- finding: "By {metric_name:label} {depth}: {champion}{against}"
-- reading: The line is the 95 % interval over users. Dark blue serves, grey are baselines.
-- nothing: This metric was not computed here.
-- chart: intervals
-- name: model_name
-- unit: "{metric_name:label} {depth}"
-- colours: model
-- table: [algorithm, value, ci_low, ci_high, is_champion, is_baseline]
with recommenders as (
    select
        algorithm,
        replace(algorithm, '_', ' ')
        || case when is_champion then ' (serves)' when is_baseline then ' (baseline)' else '' end as model_name,
        value,
        coalesce(ci_low, value) as ci_low,
        coalesce(ci_high, value) as ci_high,
        is_baseline,
        is_champion,
        if(metric = 'rmse', value, -value) as badness
    from recommendations.recommender_metrics
    where
        dataset = $dataset
        and evaluated_on = 'holdout'
        and protocol = $protocol
        and metric = $metric
        and k = $k
)

select
    *,
    $metric as metric_name,
    if($k > 0, 'at ' || $k, '') as depth,
    coalesce(
        max(format('{} serves with {:.3f} ({:.3f} to {:.3f})', replace(algorithm, '_', ' '), value, ci_low, ci_high))
        filter (where is_champion) over (), 'what serves is not judged so'
    ) as champion,
    coalesce(
        ', against ' || min_by(format('{:.3f} of {}', value, replace(algorithm, '_', ' ')), badness)
        filter (where is_baseline) over (), ''
    ) as against
from recommenders
order by badness, algorithm
