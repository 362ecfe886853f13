-- Where does the tree of hierarchical clustering split? Its last joins, from the top; all of them draw the dendrogram.
select
    dataset,
    max(step) over (partition by dataset) - step + 2 as clusters_below,
    left_node,
    right_node,
    customers,
    round(distance, 2) as distance,
    round(distance / lag(distance) over (partition by dataset order by step), 2) as times_the_join_before
from segmentation.segment_linkage
qualify clusters_below <= 10
order by dataset, clusters_below
