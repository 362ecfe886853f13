{{ config(materialized='view') }}

{{ previous_rows(source('previous_models', 'feature_baselines'), {
    'dataset': 'varchar',
    'feature': 'varchar',
    'bin': 'varchar',
    'edges': 'double[]',
    'share': 'double',
    'n_rows': 'bigint'
}) }}
