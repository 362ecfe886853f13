-- finding: "Silhouette by customer: {mean:.2f} on average, least clear in {least_clear}"
-- reading: >
--   Each customer's silhouette, the surest of each segment first. Below 0 a customer is closer to another segment. The
--   dashed line is the mean. {drawn}
-- chart: silhouettes
-- unit: silhouette
-- table: [segment_name, value]
with sampled as (
    select
        labels.silhouette,
        customers.segment_id,
        customers.segment_name
    from segmentation.customer_cluster_labels as labels
    inner join segmentation.customer_segments as customers using (dataset, customer_id)
    where labels.dataset = $dataset and labels.silhouette is not null
    order by md5(labels.customer_id)
    limit $most
),

means as (
    select
        *,
        avg(silhouette) over (partition by segment_id) as segment_mean
    from sampled
)

select
    row_number() over (order by segment_id asc, silhouette desc) as position,
    segment_id,
    segment_name,
    silhouette as value,
    avg(silhouette) over () as mean,
    min_by(format('{} ({:.2f})', segment_name, segment_mean), segment_mean) over () as least_clear,
    if(count(*) over () = $most, format('Drawn are {:,}, by md5 of the key.', $most), '') as drawn
from means
order by position
