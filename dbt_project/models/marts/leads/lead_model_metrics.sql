with scores as (
    select * from {{ ref('lead_evaluation_scores') }}
),

thresholds as (
    select * from {{ ref('lead_thresholds') }}
),

leads as (
    select distinct lead_id from scores
),

resamples as (
    select
        leads.lead_id,
        draws.resample,
        case when draws.resample = 0 then 1 else {{ poisson_weight(md5_share("leads.lead_id || ' ' || draws.resample")) }} end as weight
    from leads
    cross join range({{ var('lead_bootstrap_resamples') + 1 }}) as draws (resample)
),

resampled as (
    select
        scores.*,
        thresholds.threshold,
        resamples.resample,
        resamples.weight
    from scores
    inner join thresholds using (model_family)
    inner join resamples using (lead_id)
),

metrics as (
    {{ score_metrics('resampled', by=['model_family', 'evaluated_on', 'resample']) }}
),

listed as (
    unpivot metrics
    on accuracy, precision, recall, f1, roc_auc, average_precision, brier, log_loss, first_decile_lift
    into name metric value figure
)

select
    model_family,
    evaluated_on,
    metric,
    {{ rounded('any_value(figure) filter (where resample = 0)') }} as value,
    {{ rounded('quantile_cont(figure, 0.025) filter (where resample > 0)') }} as ci_low,
    {{ rounded('quantile_cont(figure, 0.975) filter (where resample > 0)') }} as ci_high
from listed
group by model_family, evaluated_on, metric
