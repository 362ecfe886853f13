with figures as (
    select * from {{ ref('propensity_figures') }}
    where evaluated_on is not null
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
)

select
    intervals.dataset,
    intervals.model_family,
    intervals.evaluated_on,
    intervals.metric,
    {{ rounded('intervals.value') }} as value,
    {{ rounded('intervals.ci_low') }} as ci_low,
    {{ rounded('intervals.ci_high') }} as ci_high,
    evaluations.evaluated_at
from intervals
inner join evaluations using (dataset)
