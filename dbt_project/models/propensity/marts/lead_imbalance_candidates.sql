with out_of_fold as (
    select * from {{ ref('lead_out_of_fold_scores') }}
    where repeat = 0
),

models as (
    select * from {{ ref('lead_models') }}
),

scores as (
    select
        out_of_fold.model_family,
        out_of_fold.imbalance,
        out_of_fold.is_chosen,
        out_of_fold.fold,
        out_of_fold.raw_score,
        out_of_fold.model_probability as probability,
        out_of_fold.is_converted,
        models.trained_at as evaluated_at,
        0.5 as threshold,
        1 as weight
    from out_of_fold
    inner join models using (model_family)
),

metrics as (
    {{ score_metrics('scores', by=['model_family', 'imbalance', 'is_chosen', 'evaluated_at', 'fold']) }}
)

select
    model_family,
    imbalance,
    is_chosen,
    {{ rounded(exact_avg('log_loss')) }} as cv_log_loss,
    {{ rounded(exact_avg('brier')) }} as cv_brier,
    {{ rounded(exact_avg('roc_auc')) }} as cv_roc_auc,
    {{ rounded(exact_avg('precision')) }} as cv_precision,
    {{ rounded(exact_avg('recall')) }} as cv_recall,
    evaluated_at
from metrics
group by model_family, imbalance, is_chosen, evaluated_at
