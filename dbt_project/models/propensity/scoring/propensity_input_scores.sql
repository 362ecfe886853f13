-- Every input scored by every family that scores it.
with inputs as (
    select * from {{ ref('propensity_inputs') }}
),

vectors as (
    select * from {{ ref('propensity_vectors') }}
),

reached_leaves as (
    select * from {{ ref('propensity_reached_leaves') }}
),

models as (
    select * from {{ ref('propensity_models') }}
),

calibrators as (
    select * from {{ ref('propensity_calibrators') }}
),

tree_scores as (
    select
        input_id,
        model_number,
        {{ exact_sum('weight * value[leaf]') }} as tree_score
    from reached_leaves
    group by input_id, model_number
),

raw as (
    select
        vectors.input_id,
        models.dataset,
        models.model_family,
        models.training_rows,
        {{ rounded('models.intercept + coalesce(tree_scores.tree_score, 0) + vectors.linear_score') }} as raw_score
    from vectors
    inner join models using (model_number)
    left join tree_scores on vectors.input_id = tree_scores.input_id and vectors.model_number = tree_scores.model_number
),

placed as (
    select
        raw.*,
        calibrators.slope,
        calibrators.intercept,
        calibrators.raw_scores,
        calibrators.probabilities,
        {{ count_up_to('calibrators.raw_scores', 'raw.raw_score') }} as points_below
    from raw
    inner join calibrators using (dataset, model_family)
)

select
    placed.dataset,
    placed.model_family,
    inputs.entity_id,
    inputs.grid_feature,
    inputs.grid_value,
    placed.raw_score,
    {{ rounded(clipped_probability(calibrated('placed.raw_score'), 'placed.training_rows')) }} as probability
from placed
inner join inputs using (input_id)
