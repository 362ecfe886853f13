{# A search starts afresh: then no former number of segments is kept. #}
with centroids as (
    {{ previous_rows(
        source('previous_models', 'segment_centroids'),
        {'dataset': 'varchar', 'segment_id': 'integer', 'feature': 'varchar'}
    ) }}
)

select
    dataset,
    count(distinct segment_id)::integer as n_clusters,
    list(distinct feature order by feature) as features
from centroids
where {{ var('training') != 'search' }}
group by dataset
