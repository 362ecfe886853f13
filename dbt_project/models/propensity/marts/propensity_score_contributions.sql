with feature_values as (
    select * from {{ ref('propensity_feature_values') }}
    where periods_ago = 0
),

inputs as (
    select * from {{ ref('propensity_inputs') }}
    where grid_feature is null and periods_ago = 0
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

champion_vectors as (
    select
        vectors.*,
        inputs.entity_id
    from vectors
    inner join models using (model_number)
    inner join inputs using (input_id)
),

champion_trees as (
    select
        trees.*,
        models.model_number
    from trees
    inner join models using (dataset, model_family)
),

reached as (
    select /*+ broadcast(trees) */
        vectors.entity_id,
        trees.dataset,
        trees.model_family,
        trees.tree_index,
        {{ tree_leaf('vectors.vector') }} as leaf -- noqa: PRS
    from champion_vectors as vectors
    inner join champion_trees as trees on {{ is_of_model('vectors.model_number', 'trees.model_number') }}
),

parts as (
    select
        reached.dataset,
        reached.entity_id,
        leaf_contributions.feature,
        leaf_contributions.contribution
    from reached
    inner join leaf_contributions using (dataset, model_family, tree_index, leaf)
    union all
    select
        vectors.dataset,
        vectors.entity_id,
        encodings.feature,
        encodings.coefficient * {{ element('vectors.vector', 'encodings.position') }} as contribution
    from champion_vectors as vectors
    inner join encodings using (dataset, model_family)
),

contributions as (
    select
        dataset,
        entity_id,
        feature,
        {{ rounded(exact_sum('contribution')) }} as contribution
    from parts
    group by dataset, entity_id, feature
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
