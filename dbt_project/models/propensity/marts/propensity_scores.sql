with specs as (
    select * from {{ ref('propensity_specs') }}
),

rows as (
    select * from {{ ref('propensity_rows') }}
),

family_scores as (
    select * from {{ ref('propensity_family_scores') }}
),

models as (
    select * from {{ ref('propensity_models') }}
    where is_champion
),

reasons as (
    select * from {{ ref('propensity_reasons') }}
),

thresholds as (
    select * from {{ ref('propensity_thresholds') }}
)

select
    scores.dataset,
    scores.entity_id,
    specs.outcome,
    rows.has_outcome,
    rows.split,
    scores.raw_score,
    models.base_value,
    scores.probability,
    (ntile(10) over (partition by scores.dataset order by scores.raw_score desc, scores.entity_id asc))::integer as score_decile,
    case
        when scores.probability >= specs.hot_probability then 'hot'
        when scores.probability >= specs.warm_probability then 'warm'
        else 'cold'
    end as priority,
    scores.probability >= thresholds.threshold as is_predicted,
    thresholds.threshold,
    reasons.reason_1,
    reasons.reason_2,
    reasons.reason_3,
    reasons.counter_reason_1,
    models.model_family,
    models.model_run_id
from family_scores as scores
inner join models using (dataset, model_family)
inner join specs using (dataset)
inner join rows using (dataset, entity_id)
inner join reasons using (dataset, entity_id)
inner join thresholds using (dataset, model_family)
