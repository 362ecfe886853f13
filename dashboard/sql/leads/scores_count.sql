-- How many rows the list has.
select count(*) as scored_rows
from propensity.propensity_scores
where
    dataset = $dataset
    and ($priority is null or priority = $priority)
    and contains(lower(entity_id), lower($text))
    and probability >= $least
