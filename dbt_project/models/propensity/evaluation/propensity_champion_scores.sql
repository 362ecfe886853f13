{{ config(schema='propensity') }}

with scores as (
    select * from {{ ref('propensity_evaluation_scores') }}
),

champions as (
    select * from {{ ref('propensity_champions') }}
),

thresholds as (
    select * from {{ ref('propensity_thresholds') }}
)

select
    scores.dataset,
    scores.evaluated_on,
    scores.entity_id,
    scores.is_converted,
    scores.raw_score,
    scores.probability,
    thresholds.threshold,
    scores.evaluated_at
from scores
inner join champions using (dataset, model_family)
inner join thresholds using (dataset, model_family)
