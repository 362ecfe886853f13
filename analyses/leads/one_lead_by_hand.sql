-- Where does one lead's probability come from? Runs on the published file as it stands: base value plus contributions is the
-- raw score, and the calibrator makes the probability of it (by its curve, where it has one).
with contributions as (
    select
        lead_id,
        sum(contribution) as contributions
    from leads.lead_score_contributions
    group by lead_id
)

select
    scores.lead_id,
    scores.base_value,
    contributions.contributions,
    round(scores.base_value + contributions.contributions, 6) as raw_score_by_hand,
    round(scores.raw_score, 6) as raw_score,
    round(1 / (1 + exp(-(calibrators.slope * scores.raw_score + calibrators.intercept))), 6) as probability_by_hand,
    round(scores.conversion_probability, 6) as conversion_probability
from leads.lead_scores as scores
inner join contributions using (lead_id)
inner join models.lead_calibrators as calibrators using (model_family)
order by scores.lead_id
limit 1
