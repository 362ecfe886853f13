-- Do other algorithms see the same groups? Where the customers of each segment lie in theirs (-1 is noise).
select
    served.dataset,
    served.cluster_label as segment,
    others.algorithm,
    others.cluster_label as cluster_of_the_other,
    count(*) as customers,
    round(
        100.0 * count(*) / sum(count(*)) over (partition by served.dataset, served.cluster_label, others.algorithm), 1
    ) as percent_of_segment
from segmentation.customer_cluster_labels as served
inner join segmentation.customer_cluster_labels as others using (dataset, customer_id)
where served.algorithm = 'kmeans' and others.algorithm <> 'kmeans'
group by served.dataset, served.cluster_label, others.algorithm, others.cluster_label
order by served.dataset asc, others.algorithm asc, segment asc, customers desc, cluster_of_the_other asc
