-- finding: "{x_name} and {y_name}: a correlation of {correlation}"
-- reading: "1 is a rising line, 0 none, -1 a falling one. {drawn}"
-- chart: points
-- x: x
-- y: y
-- x_title: "{x_name}"
-- y_title: "{y_name}"
-- table: [segment_name, x, y]
with customers as (
    select
        customer_id,
        segment_id,
        segment_name,
        columns(lambda name: name = $x)::double as x,
        columns(lambda name: name = $y)::double as y,
        count(*) over () as all_customers
    from query_table('segmentation.' || $dataset || '_customers')
)

select
    segment_id,
    segment_name,
    coalesce(segment_id = $segment_id, true) as is_chosen,
    x,
    y,
    replace($x, '_', ' ') as x_name,
    replace($y, '_', ' ') as y_name,
    corr(x, y) over () as correlation,
    if(all_customers > $most, format('Drawn are {:,} of {:,} customers, by md5 of the key.', $most, all_customers), '') as drawn
from customers
order by md5(customer_id)
limit $most
