with input_scores as (
    select * from {{ ref('propensity_input_scores') }}
)

select
    dataset,
    model_family,
    entity_id,
    raw_score,
    probability
from input_scores
where grid_feature is null and periods_ago = 0
