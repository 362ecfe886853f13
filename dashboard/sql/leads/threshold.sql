-- What would have come of flagging everybody from a threshold on, on rows that no fit has seen.
with counts as (
    select
        count(*) filter (where is_converted and probability >= $threshold) as hits,
        count(*) filter (where not is_converted and probability >= $threshold) as false_alarms,
        count(*) filter (where is_converted and probability < $threshold) as missed,
        count(*) filter (where not is_converted and probability < $threshold) as left_alone,
        count(*) as everyone
    from propensity.propensity_champion_scores
    where dataset = $dataset and evaluated_on = $evaluated_on
)

select
    *,
    hits + false_alarms as calls,
    hits / nullif(hits + false_alarms, 0) as precision,
    hits / nullif(hits + missed, 0) as recall,
    (hits + false_alarms) / nullif(everyone, 0) as flagged_share,
    $cost_of_missed * missed + $cost_of_call * (hits + false_alarms) as cost
from counts
