-- finding: "Silhouette by customer: {mean:.2f} on average, least clear in {least_clear}"
-- reading: >
--   Each customer's simplified silhouette, which is the confidence: 1 - distance to the own centre / distance to the
--   next. The dashed line is the mean. {drawn}
-- chart: silhouettes
-- unit: silhouette
-- table: [segment_name, value]
with sampled as (
    select
        segment_id,
        confidence
    from segmentation.customer_segments
    where dataset = $dataset
    order by md5(customer_id)
    limit $most
),

named as (
    select
        row_number() over (order by segments.value_rank asc, sampled.confidence desc) as position,
        sampled.segment_id,
        segments.segment_name,
        sampled.confidence as value,
        avg(sampled.confidence) over (partition by sampled.segment_id) as segment_mean
    from sampled
    inner join segmentation.segments using (segment_id)
    where segments.dataset = $dataset
)

select
    position,
    segment_id,
    segment_name,
    value,
    avg(value) over () as mean,
    min_by(format('{} ({:.2f})', segment_name, segment_mean), segment_mean) over () as least_clear,
    if(count(*) over () = $most, format('A sample of {:,} by md5 of the key.', $most), '') as drawn
from named
order by position
