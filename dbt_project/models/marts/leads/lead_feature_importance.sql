with importances as (
    {{ unnested(ref('fit_lead_families'), 'importance') }}
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
    model_family,
    feature,
    importance,
    importance_std,
    (row_number() over (partition by model_family order by importance desc, feature asc))::integer as rank
from rounded
