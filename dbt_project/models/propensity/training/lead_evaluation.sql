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

last_evaluation as (
    select max(evaluated_at) as evaluated_at from previous_scores
),

last_build as (
    select max(built_at) as built_at
    from previous_builds
    where area = 'leads'
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
    judged.is_evaluated,
    case
        when judged.is_evaluated then {{ build_moment() }}
        else coalesce(last_evaluation.evaluated_at, last_build.built_at)
    end as evaluated_at
from judged
cross join last_evaluation
cross join last_build
