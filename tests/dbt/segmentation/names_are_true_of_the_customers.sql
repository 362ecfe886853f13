-- A name that is no more true of enough customers goes within segment_rename_builds builds.
{{ config(enabled=area_enabled('segmentation')) }}

select
    dataset,
    segment_id,
    segment_name,
    fit_share
from {{ ref('segments') }}
where fit_share < {{ var('segment_name_min_fit') }} and builds_without_rule = 0
