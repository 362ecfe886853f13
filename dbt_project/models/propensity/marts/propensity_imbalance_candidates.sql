with figures as (
    select * from {{ ref('propensity_figures') }}
    where imbalance is not null
),

models as (
    select * from {{ ref('propensity_models') }}
)

select
    figures.dataset,
    figures.model_family,
    figures.imbalance,
    figures.imbalance = models.imbalance as is_chosen,
    {{ rounded(exact_avg('figures.log_loss')) }} as cv_log_loss,
    {{ rounded(exact_avg('figures.brier')) }} as cv_brier,
    {{ rounded(exact_avg('figures.roc_auc')) }} as cv_roc_auc,
    {{ rounded(exact_avg('figures.precision')) }} as cv_precision,
    {{ rounded(exact_avg('figures.recall')) }} as cv_recall,
    models.trained_at as evaluated_at
from figures
inner join models using (dataset, model_family)
group by figures.dataset, figures.model_family, figures.imbalance, models.imbalance, models.trained_at
