{{ config(schema='propensity') }}

with scores as (
    select * from {{ ref('propensity_evaluation_scores') }}
),

models as (
    select * from {{ ref('propensity_models') }}
    where is_champion
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
inner join models using (dataset, model_family)
inner join thresholds using (dataset, model_family)
