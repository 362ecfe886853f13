-- finding: "Two components show {explained:share} of how {all_customers:n customer} differ"
-- reading: >
--   Customers who are alike lie close to each other. To the right, {x_meaning}; upwards, {y_meaning}. {drawn}
-- chart: points
-- x: pc1
-- y: pc2
-- x_title: first component
-- y_title: second component
-- table: [segment_name, pc1, pc2]
with ranked_loadings as (
    select
        *,
        row_number() over (partition by component order by abs(loading) desc, feature) as loading_rank
    from segmentation.segment_map_loadings
    where dataset = $dataset
),

axes as (
    select
        component,
        string_agg(
            if(loading > 0, 'more ', 'less ') || replace(feature, '_', ' '), ', ' order by loading_rank
        ) || format(' ({:.0f} % of the variance)', 100 * max(explained_variance)) as title,
        max(explained_variance) as explained_variance
    from ranked_loadings
    where loading_rank <= 3
    group by component
),

meanings as (
    select
        max(title) filter (where component = 1) as x_meaning,
        max(title) filter (where component = 2) as y_meaning,
        sum(explained_variance) as explained
    from axes
),

customers as (
    select
        segment_map.*,
        segments.segment_name,
        count(*) over () as all_customers
    from segmentation.segment_map
    inner join segmentation.segments using (dataset, segment_id)
    where segment_map.dataset = $dataset
)

select
    customers.segment_id,
    customers.segment_name,
    coalesce(customers.segment_id = $segment_id, true) as is_chosen,
    customers.pc1,
    customers.pc2,
    meanings.x_meaning,
    meanings.y_meaning,
    meanings.explained,
    customers.all_customers,
    if(customers.all_customers > $most, format('Drawn are {:,} of them, by md5 of the key.', $most), '') as drawn
from customers
cross join meanings
order by md5(customers.customer_id)
limit $most
