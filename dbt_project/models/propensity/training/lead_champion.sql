with folds as (
    select * from {{ ref('lead_cv_folds') }}
),

families as (
    select * from {{ ref('fit_lead_families') }}
)

select
    folds.model_family,
    {{ rounded(exact_avg('folds.roc_auc')) }} as cv_roc_auc
from folds
inner join families on folds.model_family = families.model_name
group by folds.model_family
order by cv_roc_auc desc, folds.model_family asc
limit 1
