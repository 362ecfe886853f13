-- How well do customers fit their segment? Silhouettes when the segments were fitted, and how many lie nearer to another one.
select
    labels.dataset,
    segments.segment_name,
    count(*) as customers,
    round(avg(labels.silhouette), 3) as mean_silhouette,
    round(quantile_cont(labels.silhouette, 0.1), 3) as lowest_tenth_below,
    round(100 * avg((labels.silhouette < 0)::integer), 1) as percent_nearer_to_another
from segmentation.customer_cluster_labels as labels
inner join segmentation.customer_segments using (dataset, customer_id)
inner join segmentation.segments as segments using (dataset, segment_id)
where labels.silhouette is not null
group by labels.dataset, segments.segment_name, segments.value_rank
order by labels.dataset, segments.value_rank
