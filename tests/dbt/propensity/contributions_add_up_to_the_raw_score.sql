-- Contributions, a base value and a raw score, each rounded by at most half a unit of the last published digit.
{{ config(enabled=area_enabled('propensity')) }}

with contributions as (
    select
        dataset,
        entity_id,
        sum(contribution) as contribution,
        count(*) as features
    from {{ ref('propensity_score_contributions') }}
    group by dataset, entity_id
),

scores as (
    select * from {{ ref('propensity_scores') }}
)

select
    dataset,
    entity_id,
    scores.raw_score,
    scores.base_value + contributions.contribution as explained_score
from scores
left join contributions using (dataset, entity_id)
where
    not coalesce(
        abs(scores.base_value + contributions.contribution - scores.raw_score)
        < (contributions.features + 3) / 2 * power(10, -{{ var('published_digits') }}),
        false
    )
