{{ config(materialized='view') }}

{{ previous_rows(source('previous_segmentation', 'segments'), {
    'dataset': 'varchar',
    'segment_id': 'integer',
    'segment_name': 'varchar',
    'naming_rule': 'varchar',
    'builds_without_rule': 'integer'
}) }}
