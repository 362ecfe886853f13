-- finding: "What moves the score most: {most}"
-- reading: Blue raises the score, orange lowers it; the steps add up to the raw score.
-- nothing: There is no score under this id.
-- chart: steps
-- unit: raw score (log-odds)
-- table: [name, amount]
with contributions as (
    select
        feature,
        feature_value,
        contribution,
        row_number() over (order by abs(contribution) desc, feature) as contribution_rank
    from propensity.propensity_score_contributions
    where dataset = $dataset and entity_id = $entity_id
),

score as (
    select
        base_value,
        raw_score
    from propensity.propensity_scores
    where dataset = $dataset and entity_id = $entity_id
),

steps as (
    select
        0 as step,
        'the average before anything is known' as name,
        base_value as amount
    from score
    union all
    select
        contribution_rank as step,
        replace(feature, '_', ' ') || coalesce(': ' || feature_value, '') as name,
        contribution as amount
    from contributions
    where contribution_rank <= 10 and abs(contribution) >= .005
    union all
    select
        11 as step,
        'all other features' as name,
        sum(contribution) as amount
    from contributions
    where contribution_rank > 10 or abs(contribution) < .005
    having abs(sum(contribution)) >= .005
),

summed as (
    select
        *,
        sum(amount) over (order by step) as end_at
    from steps
    union all
    select
        12 as step,
        'the raw score' as name,
        raw_score as amount,
        raw_score as end_at
    from score
)

select
    name || format(' ({:+.2f})', amount) as name,
    amount,
    end_at - amount as start_at,
    end_at,
    step in (0, 12) as is_total,
    max(name) filter (where step = 1) over () as most
from summed
order by step
