-- finding: "{drifted:n column} drifted last night"
-- nothing: Last night no column had anything to be compared with.
-- chart: bars
-- name: name
-- value: psi
-- unit: population stability index
-- form: .3f
-- table: [dataset, feature, psi, status, n_rows]
select
    dataset,
    feature || if(is_output, ' (score)', '') as feature,
    psi,
    status,
    n_rows,
    dataset || ': ' || replace(feature, '_', ' ') as name,
    count(*) filter (where status = 'drifted') over () as drifted
from monitoring.feature_drift
where
    generation_id = (select max(build_info.generation_id) from monitoring.build_info)
    and psi is not null
order by psi desc, dataset asc, feature asc
limit 12
