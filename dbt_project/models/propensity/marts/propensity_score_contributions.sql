with feature_values as (
    select * from {{ ref('propensity_feature_values') }}
),

inputs as (
    select * from {{ ref('propensity_inputs') }}
    where grid_feature is null
),

vectors as (
    select * from {{ ref('propensity_vectors') }}
),

trees as (
    select * from {{ ref('propensity_trees') }}
),

models as (
    select * from {{ ref('propensity_models') }}
    where is_champion
),

leaf_contributions as (
    select * from {{ ref('propensity_leaf_contributions') }}
),

encodings as (
    select * from {{ ref('propensity_encodings') }}
    where coefficient is not null
),

champion_trees as (
    select
        trees.*,
        models.model_number
    from trees
    inner join models using (dataset, model_family)
),

-- As in propensity_input_scores: one tree stays a constant for many vectors.
reached as (
    select
        vectors.input_id,
        trees.dataset,
        trees.model_family,
        trees.tree_index,
        {{ tree_leaf('vectors.vector') }} as leaf -- noqa: PRS
    from vectors
    inner join champion_trees as trees on vectors.model_number - trees.model_number = 0
),

parts as (
    select
        reached.input_id,
        leaf_contributions.feature,
        leaf_contributions.contribution
    from reached
    inner join leaf_contributions using (dataset, model_family, tree_index, leaf)
    union all
    select
        vectors.input_id,
        encodings.feature,
        encodings.coefficient * vectors.vector[encodings.position] as contribution
    from vectors
    inner join models using (model_number)
    inner join encodings on models.dataset = encodings.dataset and models.model_family = encodings.model_family
),

contributions as (
    select
        inputs.dataset,
        inputs.entity_id,
        parts.feature,
        {{ rounded(exact_sum('parts.contribution')) }} as contribution
    from parts
    inner join inputs using (input_id)
    group by inputs.dataset, inputs.entity_id, parts.feature
),

fitted as (
    select dataset from models
)

select
    feature_values.dataset,
    feature_values.entity_id,
    feature_values.feature,
    feature_values.feature_value,
    coalesce(contributions.contribution, 0) as contribution
from feature_values
semi join fitted using (dataset)
left join contributions using (dataset, entity_id, feature)
