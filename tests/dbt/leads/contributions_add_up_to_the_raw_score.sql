-- Thirteen contributions, a base value and a raw score, each rounded by at most half a unit of the last published digit.
{{ config(enabled=source_enabled('leads'), tags=['leads']) }}

with contributions as (
    select
        lead_id,
        sum(contribution) as contribution
    from {{ ref('lead_score_contributions') }}
    group by lead_id
),

scores as (
    select * from {{ ref('lead_scores') }}
)

select
    lead_id,
    scores.raw_score,
    scores.base_value + contributions.contribution as explained_score
from scores
left join contributions using (lead_id)
where
    not coalesce(
        abs(scores.base_value + contributions.contribution - scores.raw_score) < 8 * power(10, -{{ var('published_digits') }}), false
    )
