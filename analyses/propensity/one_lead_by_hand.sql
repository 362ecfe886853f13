-- Where does one lead's probability come from? Runs on the published file as it stands: base value plus contributions is the
-- raw score, and the calibrator makes the probability of it (by its curve, where it has one).
with contributions as (
    select
        dataset,
        entity_id,
        sum(contribution) as contributions
    from propensity.propensity_score_contributions
    where dataset = 'leads'
    group by dataset, entity_id
)

select
    scores.entity_id as lead_id,
    scores.base_value,
    contributions.contributions,
    round(scores.base_value + contributions.contributions, 6) as raw_score_by_hand,
    round(scores.raw_score, 6) as raw_score,
    round(1 / (1 + exp(-(calibrators.slope * scores.raw_score + calibrators.intercept))), 6) as probability_by_hand,
    round(scores.probability, 6) as conversion_probability
from propensity.propensity_scores as scores
inner join contributions using (dataset, entity_id)
inner join models.propensity_calibrators as calibrators using (dataset, model_family)
order by scores.entity_id
limit 1
