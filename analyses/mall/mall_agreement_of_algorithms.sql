{{ config(enabled=source_enabled('mall')) }}

-- Do other algorithms see the same groups as the segments?
with labels as (
    select *
    from {{ ref('customer_cluster_labels') }}
    where dataset = 'mall'
)

select
    served.cluster_label as segment_id,
    others.algorithm,
    others.cluster_label,
    count(*) as visitors
from labels as served
inner join labels as others using (customer_id)
where served.algorithm = 'kmeans' and others.algorithm <> 'kmeans'
group by served.cluster_label, others.algorithm, others.cluster_label
order by others.algorithm asc, segment_id asc, visitors desc, others.cluster_label asc
