-- finding: "Furthest from everyone: {marked}"
-- reading: Customers of each segment (column) with each value (row); the commonest values.
-- chart: heat
-- column: segment_name
-- row: value
-- value: customers
-- table: [segment_name, value, customers, segment_share, overall_share]
with shares as (
    select
        profiles.segment_id,
        segments.segment_name,
        segments.value_rank,
        split_part(profiles.feature, ': ', 1) as column_name,
        substr(profiles.feature, strpos(profiles.feature, ': ') + 2) as value,
        round(profiles.mean * segments.customers) as customers,
        profiles.mean as segment_share,
        profiles.overall_mean as overall_share
    from segmentation.segment_profiles as profiles
    inner join segmentation.segments using (dataset, segment_id)
    where profiles.dataset = $dataset and starts_with(profiles.feature, $column_name || ': ')
)

select
    * exclude (value_rank),
    max_by(
        format('{}, {:.0f} % of {} and {:.0f} % of all', value, 100 * segment_share, segment_name, 100 * overall_share),
        segment_share - overall_share
    ) over () as marked
from shares
qualify dense_rank() over (order by overall_share desc, value asc) <= 12
order by overall_share desc, value asc, value_rank asc
