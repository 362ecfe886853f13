-- Whether tonight's rows can judge the models of each data set, and the build whose evaluation is published.
with rows as (
    select * from {{ ref('propensity_rows') }}
),

previous_scores as (
    select * from {{ source('previous_propensity', 'propensity_evaluation_scores') }}
),

-- A version that evaluated on every night did not say when.
previous_builds as (
    select * from {{ source('previous', 'build_info') }}
),

last_evaluations as (
    select
        dataset,
        max(evaluated_at) as evaluated_at
    from previous_scores
    group by dataset
),

last_build as (
    select max(built_at) as built_at
    from previous_builds
    where area = 'propensity'
),

judged as (
    select
        dataset,
        count(distinct has_outcome) filter (where split = 'train') = 2
        and count(distinct has_outcome) filter (where split = 'holdout') = 2 as is_evaluated
    from rows
    group by dataset
)

select
    judged.dataset,
    judged.is_evaluated,
    case
        when judged.is_evaluated then {{ build_moment() }}
        else coalesce(last_evaluations.evaluated_at, last_build.built_at)
    end as evaluated_at
from judged
left join last_evaluations using (dataset)
cross join last_build
