with figures as (
    select * from {{ ref('propensity_figures') }}
    where evaluated_on is not null
),

score_sets as (
    select * from {{ ref('propensity_score_sets') }}
),

previous_metrics as (
    select * from {{ source('previous_propensity', 'propensity_model_metrics') }}
),

champions as (
    select
        dataset,
        model_family
    from {{ ref('propensity_models') }}
    where is_champion
),

evaluations as (
    select * from {{ ref('propensity_evaluations') }}
),

champion_figures as (
    select
        figures.dataset,
        figures.evaluated_on,
        figures.resample,
        figures.roc_auc
    from figures
    inner join champions using (dataset, model_family)
),

-- Paired by resample: the interval of a difference is narrower than the two intervals suggest.
compared as (
    select
        figures.*,
        champion_figures.roc_auc - figures.roc_auc as roc_auc_behind_champion
    from figures
    left join champion_figures using (dataset, evaluated_on, resample)
),

listed as (
    unpivot compared
    on accuracy, precision, recall, f1, roc_auc, average_precision, brier, log_loss, first_decile_lift, roc_auc_behind_champion
    into name metric value figure
),

intervals as (
    select
        dataset,
        model_family,
        evaluated_on,
        metric,
        any_value(figure) filter (where resample = 0) as value,
        quantile_cont(figure, 0.025) filter (where resample > 0) as ci_low,
        quantile_cont(figure, 0.975) filter (where resample > 0) as ci_high
    from listed
    group by dataset, model_family, evaluated_on, metric
),

metrics as (
    select
        dataset,
        model_family,
        evaluated_on,
        metric,
        {{ rounded('value') }} as value,
        {{ rounded('ci_low') }} as ci_low,
        {{ rounded('ci_high') }} as ci_high
    from intervals

    union all

    select
        previous_metrics.dataset,
        previous_metrics.model_family,
        previous_metrics.evaluated_on,
        previous_metrics.metric,
        previous_metrics.value,
        previous_metrics.ci_low,
        previous_metrics.ci_high
    from previous_metrics
    inner join score_sets using (dataset, model_family, evaluated_on)
    where score_sets.is_known
)

select
    metrics.dataset,
    metrics.model_family,
    metrics.evaluated_on,
    metrics.metric,
    metrics.value,
    metrics.ci_low,
    metrics.ci_high,
    score_sets.scores_fingerprint,
    evaluations.evaluated_at
from metrics
inner join score_sets using (dataset, model_family, evaluated_on)
inner join evaluations using (dataset)
