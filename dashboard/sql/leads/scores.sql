-- The rows of a data set by their probability, the highest first.
select
    entity_id,
    probability,
    score_decile,
    priority,
    has_outcome,
    reason_1,
    reason_2,
    reason_3,
    counter_reason_1
from propensity.propensity_scores
where
    dataset = $dataset
    and ($priority is null or priority = $priority)
    and contains(lower(entity_id), lower($text))
    and probability >= $least
order by probability desc, raw_score desc, entity_id asc
limit $most offset $skip
