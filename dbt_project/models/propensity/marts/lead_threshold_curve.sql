with scores as (
    select * from {{ ref('lead_champion_scores') }}
),

thresholds as (
    select unnest(range(101)) / 100 as threshold
    union
    select distinct threshold from scores
),

counted as (
    select
        scores.evaluated_on,
        scores.evaluated_at,
        thresholds.threshold,
        count(*) as leads,
        count_if(scores.is_converted) as converted,
        count_if(scores.probability >= thresholds.threshold) as flagged,
        count_if(scores.probability >= thresholds.threshold and scores.is_converted) as hits
    from scores
    cross join thresholds
    group by scores.evaluated_on, scores.evaluated_at, thresholds.threshold
)

select
    evaluated_on,
    threshold,
    {{ rounded('hits / nullif(flagged, 0)') }} as precision,
    {{ rounded('hits / converted') }} as recall,
    {{ rounded('case when flagged > 0 then 2 * hits / (flagged + converted) end') }} as f1,
    {{ rounded('(leads - converted - flagged + 2 * hits) / leads') }} as accuracy,
    {{ rounded('(flagged - hits) / (leads - converted)') }} as false_positive_rate,
    {{ rounded('flagged / leads') }} as flagged_share,
    evaluated_at
from counted
