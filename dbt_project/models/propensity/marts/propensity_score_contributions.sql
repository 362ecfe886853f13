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

reached_leaves as (
    select * from {{ ref('propensity_reached_leaves') }}
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

parts as (
    select
        reached_leaves.input_id,
        leaf_contributions.feature,
        leaf_contributions.contribution
    from reached_leaves
    inner join models using (model_number)
    inner join leaf_contributions
        on
            models.dataset = leaf_contributions.dataset
            and models.model_family = leaf_contributions.model_family
            and reached_leaves.tree_index = leaf_contributions.tree_index
            and reached_leaves.leaf = leaf_contributions.leaf
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
