-- What makes leads hot? How often each feature is the first reason, and by how much it moves the score.
{{ config(enabled=source_enabled('leads')) }}

with hot as (
    select
        dataset,
        entity_id
    from {{ ref('propensity_scores') }}
    where dataset = 'leads' and priority = 'hot'
),

ranked as (
    select
        contributions.feature,
        contributions.contribution,
        row_number() over (
            partition by contributions.entity_id order by abs(contributions.contribution) desc, contributions.feature asc
        ) as place
    from {{ ref('propensity_score_contributions') }} as contributions
    inner join hot using (dataset, entity_id)
)

select
    feature,
    count_if(place = 1) as first_reason_of,
    round(avg(contribution), 3) as mean_contribution
from ranked
group by feature
order by first_reason_of desc, feature asc
