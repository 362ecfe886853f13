with scores as (
    select * from {{ ref('propensity_evaluation_scores') }}
),

thresholds_in_use as (
    select * from {{ ref('propensity_thresholds') }}
),

hundredths as (
    select unnest(range(101)) / 100 as threshold
),

thresholds as (
    select
        thresholds_in_use.dataset,
        thresholds_in_use.model_family,
        hundredths.threshold
    from thresholds_in_use
    cross join hundredths
    union
    select
        dataset,
        model_family,
        threshold
    from thresholds_in_use
),

counted as (
    select
        scores.dataset,
        scores.model_family,
        scores.evaluated_on,
        scores.evaluated_at,
        thresholds.threshold,
        count(*) as all_rows,
        count_if(scores.is_converted) as converted,
        count_if(scores.probability >= thresholds.threshold) as flagged,
        count_if(scores.probability >= thresholds.threshold and scores.is_converted) as hits
    from scores
    inner join thresholds using (dataset, model_family)
    group by scores.dataset, scores.model_family, scores.evaluated_on, scores.evaluated_at, thresholds.threshold
)

select
    dataset,
    model_family,
    evaluated_on,
    threshold,
    {{ rounded('hits / nullif(flagged, 0)') }} as precision,
    {{ rounded('hits / converted') }} as recall,
    {{ rounded('case when flagged > 0 then 2 * hits / (flagged + converted) end') }} as f1,
    {{ rounded('(all_rows - converted - flagged + 2 * hits) / all_rows') }} as accuracy,
    {{ rounded('(flagged - hits) / (all_rows - converted)') }} as false_positive_rate,
    {{ rounded('flagged / all_rows') }} as flagged_share,
    evaluated_at
from counted
