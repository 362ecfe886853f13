with families as (
    select
        dataset,
        model_name as model_family,
        (metrics::json ->> 'cv_roc_auc')::double as cv_roc_auc
    from {{ ref('fit_propensity_families') }}
    where model_run_id is not null
)

select
    dataset,
    model_family,
    cv_roc_auc
from families
qualify row_number() over (partition by dataset order by cv_roc_auc desc, model_family asc) = 1
