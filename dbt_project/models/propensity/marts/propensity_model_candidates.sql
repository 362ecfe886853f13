with folds as (
    select * from {{ ref('propensity_cv_folds') }}
),

metrics as (
    select * from {{ ref('propensity_model_metrics') }}
    where evaluated_on = 'holdout'
),

models as (
    select * from {{ ref('propensity_models') }}
),

calibrators as (
    select * from {{ ref('propensity_calibrators') }}
    where left_out_fifth = 0
),

thresholds as (
    select * from {{ ref('propensity_thresholds') }}
),

champion_folds as (
    select
        folds.dataset,
        folds.repeat,
        folds.fold,
        folds.roc_auc as champion_roc_auc
    from folds
    inner join models using (dataset, model_family)
    where models.is_champion
),

cross_validated as (
    select
        folds.dataset,
        folds.model_family,
        {{ exact_avg('folds.roc_auc') }} as cv_roc_auc,
        {{ exact_avg('folds.average_precision') }} as cv_average_precision,
        {{ exact_avg('folds.brier') }} as cv_brier,
        {{ exact_avg('folds.roc_auc - champion_folds.champion_roc_auc') }} as difference_to_champion,
        stddev_samp(folds.roc_auc - champion_folds.champion_roc_auc order by repeat, fold) / sqrt(count(*)) as difference_standard_error
    from folds
    inner join champion_folds using (dataset, repeat, fold)
    group by folds.dataset, folds.model_family
),

holdout as (
    select
        dataset,
        model_family,
        evaluated_at,
        max(value) filter (where metric = 'accuracy') as accuracy,
        max(value) filter (where metric = 'precision') as precision,
        max(value) filter (where metric = 'recall') as recall,
        max(value) filter (where metric = 'f1') as f1,
        max(value) filter (where metric = 'roc_auc') as roc_auc,
        max(value) filter (where metric = 'average_precision') as average_precision,
        max(value) filter (where metric = 'brier') as brier
    from metrics
    group by dataset, model_family, evaluated_at
)

select
    cross_validated.dataset,
    cross_validated.model_family,
    coalesce(models.params, '{}'::json) as params,
    coalesce(models.imbalance, 'none') as imbalance,
    coalesce(calibrators.calibration, 'none') as calibration,
    {{ rounded('cross_validated.cv_roc_auc') }} as cv_roc_auc,
    {{ rounded('cross_validated.cv_average_precision') }} as cv_average_precision,
    {{ rounded('cross_validated.cv_brier') }} as cv_brier,
    {{ rounded('cross_validated.difference_to_champion') }} as cv_roc_auc_difference,
    {{ rounded('cross_validated.difference_standard_error') }} as cv_roc_auc_difference_se,
    thresholds.threshold,
    holdout.accuracy,
    holdout.precision,
    holdout.recall,
    holdout.f1,
    holdout.roc_auc,
    holdout.average_precision,
    holdout.brier,
    coalesce(models.is_champion, false) as is_champion,
    models.model_family is null as is_baseline,
    holdout.evaluated_at
from cross_validated
inner join thresholds using (dataset, model_family)
inner join holdout using (dataset, model_family)
left join models using (dataset, model_family)
left join calibrators using (dataset, model_family)
