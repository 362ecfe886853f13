with candidates as (
    {{ unnested(ref('fit_propensity_families'), 'search') }}
),

models as (
    select * from {{ ref('propensity_models') }}
)

select
    candidates.dataset,
    candidates.model_family,
    candidates.rank::integer as rank,
    candidates.params::json as params,
    {{ rounded('candidates.cv_roc_auc') }} as cv_roc_auc,
    {{ rounded('candidates.cv_roc_auc_std') }} as cv_roc_auc_std,
    models.trained_at as evaluated_at
from candidates
inner join models using (dataset, model_family)
