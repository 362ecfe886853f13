with features as (
    select * from {{ ref('lead_features') }}
),

scores as (
    {{ score_leads(ref('lead_features')) }} -- noqa: PRS
),

reasons as (
    select * from {{ ref('lead_reasons') }}
),

thresholds as (
    select * from {{ ref('lead_thresholds') }}
)

select
    scores.lead_id,
    features.split,
    scores.raw_score,
    scores.base_value,
    scores.conversion_probability,
    (ntile(10) over (order by scores.raw_score desc, scores.lead_id asc))::integer as score_decile,
    case
        when scores.conversion_probability >= {{ var('lead_hot_probability') }} then 'hot'
        when scores.conversion_probability >= {{ var('lead_warm_probability') }} then 'warm'
        else 'cold'
    end as priority,
    scores.conversion_probability >= thresholds.threshold as is_predicted_conversion,
    thresholds.threshold,
    reasons.reason_1,
    reasons.reason_2,
    reasons.reason_3,
    scores.model_family,
    scores.model_run_id
from scores
inner join features using (lead_id)
inner join reasons using (lead_id)
inner join thresholds using (model_family)
