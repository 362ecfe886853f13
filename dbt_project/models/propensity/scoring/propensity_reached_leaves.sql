{{ config(materialized='view') }}

with vectors as (
    select * from {{ ref('propensity_vectors') }}
),

models as (
    select * from {{ ref('propensity_models') }}
),

trees as (
    select
        trees.*,
        models.model_number
    from {{ ref('propensity_trees') }} as trees
    inner join models using (dataset, model_family)
)

select
    vectors.input_id,
    vectors.model_number,
    trees.tree_index,
    {{ tree_leaf('vectors.vector') }} as leaf, -- noqa: PRS
    trees.weight,
    trees.value
from vectors
-- A difference and not an equality: a hash join would copy the lists of a tree to each of its rows.
inner join trees on vectors.model_number - trees.model_number = 0
