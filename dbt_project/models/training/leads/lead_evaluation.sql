-- One row: whether tonight's leads can judge the models, and the build whose evaluation is published.
with features as (
    select * from {{ ref('lead_features') }}
),

previous_scores as (
    {{ previous_rows(source('previous_leads', 'lead_evaluation_scores'), {'evaluated_at': 'timestamp'}) }}
),

-- A version that evaluated on every night did not say when.
previous_builds as (
    {{ previous_rows(source('previous', 'build_info'), {'area': 'varchar', 'built_at': 'timestamp'}) }}
),

outcomes as (
    select
        split,
        count(distinct is_converted) as different_outcomes
    from features
    where split in ('train', 'holdout')
    group by split
),

judged as (
    select count(*) = 2 as is_evaluated
    from outcomes
    where different_outcomes = 2
)

select
    is_evaluated,
    case
        when is_evaluated then {{ build_moment() }}
        else coalesce(
            (select max(previous_scores.evaluated_at) from previous_scores),
            (select max(previous_builds.built_at) from previous_builds where previous_builds.area = 'leads')
        )
    end as evaluated_at
from judged
