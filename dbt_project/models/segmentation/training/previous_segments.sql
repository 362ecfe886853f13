{{ config(materialized='view') }}

select
    dataset,
    segment_id,
    segment_name,
    naming_rule,
    builds_without_rule
from {{ source('previous_segmentation', 'segments') }}
