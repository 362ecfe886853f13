{{ config(materialized='view') }}

with baselines as (
    {{ previous_rows(source('previous_models', 'feature_baselines'), {
        'area': 'varchar',
        'dataset': 'varchar',
        'feature': 'varchar',
        'bin': 'varchar',
        'edges': 'double[]',
        'share': 'double',
        'n_rows': 'bigint'
    }) }}
),

-- Generations of version 1 knew one area per data set.
areas as (
    select
        dataset,
        any_value(area) as area
    from {{ ref('previous_training_decisions') }}
    group by dataset
    having count(*) = 1
)

select baselines.* replace (coalesce(baselines.area, areas.area) as area)
from baselines
left join areas using (dataset)
