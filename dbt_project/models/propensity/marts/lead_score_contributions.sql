with feature_values as (
    select * from {{ ref('lead_feature_values') }}
),

lead_vectors as (
    {{ lead_vectors(ref('lead_features')) }}
),

model as (
    select * from {{ ref('lead_models') }}
    where is_champion
),

trees as (
    select trees.*
    from {{ ref('lead_trees') }} as trees
    inner join model using (model_family)
),

leaf_contributions as (
    select contributions.*
    from {{ ref('lead_leaf_contributions') }} as contributions
    inner join model using (model_family)
),

encodings as (
    select encodings.*
    from {{ ref('lead_encodings') }} as encodings
    inner join model using (model_family)
),

reached as (
    select
        lead_vectors.lead_id,
        trees.tree_index,
        {{ tree_leaf('lead_vectors.vector') }} as leaf -- noqa: PRS
    from lead_vectors
    cross join trees
),

parts as (
    select
        reached.lead_id,
        leaf_contributions.feature,
        leaf_contributions.contribution
    from reached
    inner join leaf_contributions using (tree_index, leaf)
    union all
    select
        lead_vectors.lead_id,
        encodings.feature,
        coalesce(encodings.coefficient * lead_vectors.vector[encodings.position], 0) as contribution
    from lead_vectors
    cross join encodings
),

contributions as (
    select
        lead_id,
        feature,
        {{ rounded(exact_sum('contribution')) }} as contribution
    from parts
    group by lead_id, feature
)

select
    feature_values.lead_id,
    feature_values.feature,
    feature_values.feature_value,
    coalesce(contributions.contribution, 0) as contribution
from feature_values
left join contributions using (lead_id, feature)
