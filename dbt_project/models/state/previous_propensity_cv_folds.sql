{{ config(materialized='view') }}

-- The folds of the last evaluation; version 1 had those of leads alone.
with present as (
    {{ previous_rows(source('previous_propensity', 'propensity_cv_folds'), {
        'dataset': 'varchar',
        'model_family': 'varchar',
        'repeat': 'bigint',
        'fold': 'bigint',
        'roc_auc': 'double',
        'average_precision': 'double',
        'brier': 'double',
        'log_loss': 'double'
    }) }}
),

of_version_1 as (
    {{ previous_rows(source('previous_leads', 'lead_cv_folds'), {
        'model_family': 'varchar',
        'repeat': 'bigint',
        'fold': 'bigint',
        'roc_auc': 'double',
        'average_precision': 'double',
        'brier': 'double',
        'log_loss': 'double'
    }) }}
)

select * from present

union all by name

select
    'leads' as dataset,
    model_family,
    repeat,
    fold,
    roc_auc,
    average_precision,
    brier,
    log_loss
from of_version_1
