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

evaluations as (
    select * from {{ ref('propensity_evaluations') }}
),

listed as (
    unpivot figures
    on accuracy, precision, recall, f1, roc_auc, average_precision, brier, log_loss, first_decile_lift
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
