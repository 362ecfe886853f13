-- Every input scored by every family that scores it, and every row by the baselines.
with inputs as (
    select * from {{ ref('propensity_inputs') }}
),

vectors as (
    select * from {{ ref('propensity_vectors') }}
),

trees as (
    select * from {{ ref('propensity_trees') }}
),

models as (
    select * from {{ ref('propensity_models') }}
),

baselines as (
    select * from {{ ref('propensity_baseline_scores') }}
),

calibrators as (
    select * from {{ ref('propensity_calibrators') }}
),

numbered_trees as (
    select
        trees.*,
        models.model_number
    from trees
    inner join models using (dataset, model_family)
),

-- A number of a model as the key would bring all rows of Spark to as many places as there are models.
reached as (
    select /*+ broadcast(trees) */
        vectors.input_id,
        vectors.model_number,
        -- The linter does not know lambdas of two arguments.
        trees.weight * {{ element('trees.value', tree_leaf('vectors.vector')) }} as tree_score -- noqa: PRS, AL03
    from vectors
    inner join numbered_trees as trees on {{ is_of_model('vectors.model_number', 'trees.model_number') }}
),

tree_scores as (
    select
        input_id,
        model_number,
        {{ sum_of_leaves('tree_score') }} as tree_score
    from reached
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

-- A row of the period that judges is calibrated without its fifth of the entities.
placed as (
    select
        raw.*,
        inputs.entity_id,
        inputs.periods_ago,
        inputs.grid_feature,
        inputs.grid_value,
        calibrators.slope,
        calibrators.intercept,
        calibrators.raw_scores,
        calibrators.probabilities,
        {{ count_up_to('calibrators.raw_scores', 'raw.raw_score') }} as points_below
    from raw
    inner join inputs using (input_id)
    inner join calibrators
        on
            raw.dataset = calibrators.dataset
            and raw.model_family = calibrators.model_family
            and calibrators.left_out_fifth = case when inputs.periods_ago = 0 then 0 else {{ fifth_of('inputs.entity_id') }} end
)

select
    dataset,
    model_family,
    entity_id,
    periods_ago,
    grid_feature,
    grid_value,
    raw_score,
    {{ rounded(clipped_probability(calibrated('raw_score'), 'training_rows')) }} as probability
from placed

union all

select
    dataset,
    model_family,
    entity_id,
    periods_ago,
    null as grid_feature,
    null as grid_value,
    raw_score,
    probability
from baselines
where periods_ago <= 1
