{{ config(schema='propensity') }}

with importances as (
    {{ unnested(ref('fit_propensity_families'), 'importance') }}
),

models as (
    select * from {{ ref('propensity_models') }}
),

rounded as (
    select
        dataset,
        model_family,
        feature,
        {{ rounded('importance') }} as importance,
        {{ rounded('std') }} as importance_std
    from importances
)

select
    rounded.dataset,
    rounded.model_family,
    rounded.feature,
    rounded.importance,
    rounded.importance_std,
    (row_number() over (
        partition by rounded.dataset, rounded.model_family order by rounded.importance desc, rounded.feature asc
    ))::integer as rank,
    models.trained_at as evaluated_at
from rounded
inner join models using (dataset, model_family)
