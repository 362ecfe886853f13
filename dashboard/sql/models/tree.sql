-- finding: "The decision tree asks first about {first_feature}"
-- reading: >
--   An answer stands below the one that it follows. Its training rows, and the share of them that did it.
-- nothing: No decision tree is stored.
-- table: [answer, training_rows, share_of_yes]
with recursive tree as (
    select *
    from models.propensity_trees
    where dataset = $dataset and model_family = 'decision_tree'
    qualify row_number() over (order by tree_index) = 1
),

columns as (
    select distinct on (position)
        position,
        feature,
        category
    from models.propensity_encodings
    where dataset = $dataset and model_family = 'decision_tree'
    order by position, category
),

nodes as (
    select
        1::bigint as node,
        0 as level,
        '' as path,
        'everybody' as answer
    union all
    select
        unnest([tree.left_child[nodes.node], tree.right_child[nodes.node]]) as node,
        nodes.level + 1 as level,
        nodes.path || unnest(['0', '1']) as path,
        replace(columns.feature, '_', ' ') || unnest(
            case
                when columns.category is not null then [' is not ' || columns.category, ' is ' || columns.category]
                else [
                    format(' up to {:.4g}', tree.threshold[nodes.node]),
                    format(' above {:.4g}', tree.threshold[nodes.node])
                ]
            end
        ) as answer
    from nodes
    inner join tree on nodes.level < 3
    inner join columns on tree.feature[nodes.node] = columns.position
)

select
    repeat('› ', nodes.level) || nodes.answer as answer,
    tree.cover[nodes.node] as training_rows,
    tree.value[nodes.node] as share_of_yes,
    (
        select any_value(replace(columns.feature, '_', ' ')) from columns
        where columns.position = tree.feature[1]
    ) as first_feature
from nodes
cross join tree
order by nodes.path
