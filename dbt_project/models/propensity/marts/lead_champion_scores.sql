with scores as (
    select * from {{ ref('lead_evaluation_scores') }}
),

models as (
    select * from {{ ref('lead_models') }}
),

thresholds as (
    select * from {{ ref('lead_thresholds') }}
)

select
    scores.evaluated_on,
    scores.lead_id,
    scores.is_converted,
    scores.raw_score,
    scores.probability,
    thresholds.threshold,
    scores.evaluated_at
from scores
inner join models using (model_family)
inner join thresholds using (model_family)
where models.is_champion
