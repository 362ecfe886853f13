-- What makes leads hot? How often each feature moves a hot lead most, and by how much it moves the score.
with ranked as (
    select
        contributions.feature,
        contributions.contribution,
        row_number() over (
            partition by contributions.entity_id order by abs(contributions.contribution) desc, contributions.feature asc
        ) as place
    from propensity.propensity_score_contributions as contributions
    inner join propensity.propensity_scores as scores using (dataset, entity_id)
    where scores.dataset = 'leads' and scores.priority = 'hot'
)

select
    feature,
    count_if(place = 1) as moves_most_in,
    round(avg(contribution), 3) as mean_contribution
from ranked
group by feature
order by moves_most_in desc, feature asc
