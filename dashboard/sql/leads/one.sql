-- One score in full; without an id, the highest of those that are open, or of all.
select
    entity_id,
    probability,
    raw_score,
    score_decile,
    priority,
    has_outcome,
    threshold,
    reason_1,
    reason_2,
    reason_3,
    counter_reason_1
from propensity.propensity_scores
where dataset = $dataset and (entity_id = $entity_id or $entity_id = '')
order by has_outcome is null desc, raw_score desc, entity_id asc
limit 1
