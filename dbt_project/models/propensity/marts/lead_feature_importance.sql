with importances as (
    {{ unnested(ref('fit_lead_families'), 'importance') }}
),

models as (
    select * from {{ ref('lead_models') }}
),

rounded as (
    select
        model_family,
        feature,
        {{ rounded('importance') }} as importance,
        {{ rounded('std') }} as importance_std
    from importances
)

select
    rounded.model_family,
    rounded.feature,
    rounded.importance,
    rounded.importance_std,
    (row_number() over (
        partition by rounded.model_family order by rounded.importance desc, rounded.feature asc
    ))::integer as rank,
    models.trained_at as evaluated_at
from rounded
inner join models using (model_family)
