with input_scores as (
    select * from {{ ref('propensity_input_scores') }}
    where grid_feature is not null
),

spec_features as (
    select * from {{ ref('propensity_spec_features') }}
),

evaluations as (
    select * from {{ ref('propensity_evaluations') }}
),

previous_dependence as (
    select * from {{ source('previous_propensity', 'propensity_partial_dependence') }}
),

present_dependence as (
    select
        dataset,
        grid_feature as feature,
        grid_value as feature_value,
        count(*) as leads,
        {{ rounded(exact_avg('probability')) }} as mean_probability
    from input_scores
    group by dataset, grid_feature, grid_value
),

dependence as (
    select
        present_dependence.*,
        evaluations.evaluated_at
    from present_dependence
    inner join evaluations using (dataset)
    where evaluations.is_evaluated

    union all

    select
        previous_dependence.dataset,
        previous_dependence.feature,
        previous_dependence.feature_value,
        previous_dependence.leads,
        previous_dependence.mean_probability,
        evaluations.evaluated_at
    from previous_dependence
    inner join evaluations using (dataset)
    where not evaluations.is_evaluated
),

numbered as (
    select
        dependence.*,
        case spec_features.kind
            when 'number' then try_cast(dependence.feature_value as double)
            when 'flag' then try_cast(dependence.feature_value as boolean)::int::double
        end as feature_number
    from dependence
    left join spec_features using (dataset, feature)
)

select
    dataset,
    feature,
    (row_number() over (partition by dataset, feature order by feature_number asc, feature_value asc))::integer as position,
    feature_value,
    feature_number,
    leads,
    mean_probability,
    evaluated_at
from numbered
