-- finding: "Median {x_name}: from {lowest} in {lowest_name} to {highest} in {highest_name}"
-- reading: >
--   The box holds the middle half of a segment's customers, the white tick is the median, and the line goes from the
--   5th to the 95th percentile.
-- chart: boxes
-- unit: "{x_name}"
-- table: [segment_name, customers, q05, q25, q50, q75, q95]
with customers as (
    select
        segment_id,
        columns(lambda name: name = $x)::double as x
    from query_table('segmentation.' || $dataset || '_customers')
),

spread as (
    select
        segment_id,
        count(x) as customers,
        quantile_cont(x, [.05, .25, .5, .75, .95]) as quantiles
    from customers
    group by segment_id
)

select
    segments.segment_id,
    segments.segment_name,
    spread.customers,
    quantiles[1] as q05,
    quantiles[2] as q25,
    quantiles[3] as q50,
    quantiles[4] as q75,
    quantiles[5] as q95,
    replace($x, '_', ' ') as x_name,
    min(q50) over () as lowest,
    max(q50) over () as highest,
    min_by(segments.segment_name, (q50, segments.segment_id)) over () as lowest_name,
    max_by(segments.segment_name, (q50, segments.segment_id)) over () as highest_name
from spread
inner join segmentation.segments using (segment_id)
where segments.dataset = $dataset
order by segments.value_rank
