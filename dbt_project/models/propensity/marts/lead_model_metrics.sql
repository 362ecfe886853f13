with scores as (
    select
        *,
        -- Whole numbers and not names, because millions of resampled rows are grouped by them.
        dense_rank() over (order by model_family asc, evaluated_on asc) as score_set,
        dense_rank() over (order by lead_id asc) as lead_number
    from {{ ref('lead_evaluation_scores') }}
),

thresholds as (
    select * from {{ ref('lead_thresholds') }}
),

leads as (
    select distinct
        lead_number,
        lead_id
    from scores
),

draws as (
    select unnest(range({{ var('lead_bootstrap_resamples') }} + 1)) as resample
),

shares as (
    select
        leads.lead_number,
        draws.resample,
        {{ md5_share("leads.lead_id || ' ' || draws.resample") }} as share
    from leads
    cross join draws
),

-- Resample 0 is the data as they are. Whole numbers as doubles add up exactly, and faster than as integers.
weights as (
    select
        lead_number,
        resample,
        case when resample = 0 then 1 else {{ poisson_weight('share') }} end::double as weight
    from shares
    where weight > 0
),

resampled as (
    select
        scores.score_set,
        scores.raw_score,
        scores.probability,
        scores.is_converted,
        thresholds.threshold,
        weights.resample,
        weights.weight
    from scores
    inner join thresholds using (model_family)
    inner join weights using (lead_number)
),

metrics as (
    {{ score_metrics('resampled', by=['score_set', 'resample']) }}
),

listed as (
    unpivot metrics
    on accuracy, precision, recall, f1, roc_auc, average_precision, brier, log_loss, first_decile_lift
    into name metric value figure
),

intervals as (
    select
        score_set,
        metric,
        any_value(figure) filter (where resample = 0) as value,
        quantile_cont(figure, 0.025) filter (where resample > 0) as ci_low,
        quantile_cont(figure, 0.975) filter (where resample > 0) as ci_high
    from listed
    group by score_set, metric
)

select distinct
    scores.model_family,
    scores.evaluated_on,
    intervals.metric,
    {{ rounded('intervals.value') }} as value,
    {{ rounded('intervals.ci_low') }} as ci_low,
    {{ rounded('intervals.ci_high') }} as ci_high,
    scores.evaluated_at
from intervals
inner join scores using (score_set)
