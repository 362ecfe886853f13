with candidates as (
    {{ unnested(ref('fit_lead_families'), 'search') }}
)

select
    model_family,
    rank::integer as rank,
    params::json as params,
    {{ rounded('cv_roc_auc') }} as cv_roc_auc,
    {{ rounded('cv_roc_auc_std') }} as cv_roc_auc_std
from candidates
