{{ config(schema='models') }}

with recursive nodes as (
    select
        dataset,
        model_family,
        tree_index,
        weight,
        unnest(range(1, len(value) + 1)) as node,
        unnest(feature) as position,
        unnest(left_child) as left_child,
        unnest(right_child) as right_child,
        unnest(value) as value
    from {{ ref('propensity_trees') }}
),

encodings as (
    select * from {{ ref('propensity_encodings') }}
),

steps as (
    select
        parents.dataset,
        parents.model_family,
        parents.tree_index,
        parents.node as parent,
        children.node,
        encodings.feature,
        parents.weight * (children.value - parents.value) as contribution
    from nodes as parents
    inner join nodes as children
        on
            parents.dataset = children.dataset
            and parents.model_family = children.model_family
            and parents.tree_index = children.tree_index
            and children.node in (parents.left_child, parents.right_child)
    inner join encodings
        on
            parents.dataset = encodings.dataset
            and parents.model_family = encodings.model_family
            and parents.position = encodings.position
),

paths as (
    select
        dataset,
        model_family,
        tree_index,
        node as leaf,
        node
    from nodes
    where position is null
    union all
    select
        paths.dataset,
        paths.model_family,
        paths.tree_index,
        paths.leaf,
        steps.parent as node
    from paths
    inner join steps using (dataset, model_family, tree_index, node)
)

select
    paths.dataset,
    paths.model_family,
    paths.tree_index,
    paths.leaf,
    steps.feature,
    {{ exact_sum('steps.contribution') }} as contribution
from paths
inner join steps using (dataset, model_family, tree_index, node)
group by paths.dataset, paths.model_family, paths.tree_index, paths.leaf, steps.feature
