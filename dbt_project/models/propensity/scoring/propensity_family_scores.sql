{{ config(schema='propensity') }}

with input_scores as (
    select * from {{ ref('propensity_input_scores') }}
),

baselines as (
    select * from {{ ref('propensity_baseline_scores') }}
)

select
    dataset,
    model_family,
    entity_id,
    raw_score,
    probability
from input_scores
where grid_feature is null
union all
select
    dataset,
    model_family,
    entity_id,
    probability as raw_score,
    probability
from baselines
