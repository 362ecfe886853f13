-- finding: "Furthest from what its model was fitted on: {furthest}"
-- reading: >
--   Population stability index: beyond the var drift_drifted_psi a column has drifted, and its model is fitted again.
-- nothing: Drift is measured from the second night on, on data sets of enough rows (var drift_min_rows).
-- chart: lines
-- x: built_at
-- y: largest_psi
-- x_title: night
-- y_title: largest PSI of a column
-- series: model
-- x_form: "%d %b %Y"
-- y_form: .2f
-- up_to: 0.3
-- is_time: true
-- table: [built_at, model, feature, largest_psi, drifted_features]
with nights as (
    select
        strptime(left(generation_id, 15), '%Y%m%dT%H%M%S') as built_at,
        dataset || ', ' || area as model,
        max(psi) as largest_psi,
        max_by(replace(feature, '_', ' '), psi) as feature,
        count(*) filter (where status = 'drifted') as drifted_features
    from monitoring.feature_drift
    where psi is not null
    group by generation_id, dataset, area
)

select
    *,
    max_by(format('{} of {} (PSI {:.2f})', feature, model, largest_psi), (built_at, largest_psi)) over () as furthest
from nights
order by built_at, model
