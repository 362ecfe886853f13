-- finding: "Ward's tree of {everyone:n customer}; {served:n segment} are served"
-- reading: >
--   Ward's hierarchical clustering from its last merges backwards: the further right two branches meet, the less alike
--   their customers are. Cut where {served} branches are left, the tree is to be compared with the segments.
-- chart: dendrogram
-- unit: Ward's distance
-- table: [branch, own_distance, parent_distance]
with recursive steps as (
    select
        *,
        step + max(customers) over () as node,
        max(step) over () - step < 15 as is_shown
    from segmentation.segment_linkage
    where dataset = $dataset
),

tree as (
    select
        node,
        '' as path,
        distance as own_distance,
        distance as parent_distance,
        customers,
        left_node,
        right_node,
        is_shown
    from steps
    where step = (select max(last_steps.step) from steps as last_steps)
    union all
    select
        children.node,
        children.path,
        coalesce(steps.distance, 0) as own_distance,
        children.own_distance as parent_distance,
        coalesce(steps.customers, 1) as customers,
        steps.left_node,
        steps.right_node,
        coalesce(steps.is_shown, false) as is_shown
    from (
        select
            own_distance,
            unnest([left_node, right_node]) as node,
            path || unnest(['0', '1']) as path
        from tree
        where is_shown
    ) as children
    left join steps on children.node = steps.node
),

-- Branches that are not split further lie side by side; the others in the middle of theirs.
leaves as (
    select
        path,
        row_number() over (order by path) - 1 as place
    from tree
    where not is_shown
),

placed as (
    select
        tree.path,
        tree.own_distance,
        tree.parent_distance,
        tree.customers,
        not tree.is_shown as is_leaf,
        (min(leaves.place) + max(leaves.place)) / 2 as place
    from tree
    inner join leaves on starts_with(leaves.path, tree.path)
    group by all
)

select
    placed.*,
    parents.place as parent_place,
    if(placed.is_leaf, format('{:,} customers', placed.customers), '') as branch,
    max(placed.customers) over () as everyone,
    (
        select count(*) from segmentation.segments
        where segments.dataset = $dataset
    ) as served
from placed
left join placed as parents on parents.path = left(placed.path, length(placed.path) - 1) and placed.path <> ''
order by placed.path
