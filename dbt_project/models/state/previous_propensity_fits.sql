{{ config(materialized='view') }}

-- The families that the previous generation stored; version 1 had those of leads alone, under other names.
with present as (
    select * from {{ source('previous_models', 'fit_propensity_families') }}
    where model_run_id is not null
),

of_version_1 as (
    select * from {{ source('previous_models', 'fit_lead_families') }}
)

select * from present

union all by name

select
    * replace (
        'propensity' as area,
        list_transform(out_of_fold, lambda score: {
            'imbalance': score.imbalance,
            'entity_id': score.lead_id,
            'repeat': score.repeat,
            'fold': score.fold,
            'has_outcome': score.is_converted,
            'raw_score': score.raw_score,
            'model_probability': score.model_probability,
            'probability': score.probability
        }) as out_of_fold,
        list_transform(reference_scores, lambda score: {
            'entity_id': score.lead_id, 'raw_score': score.raw_score
        }) as reference_scores
    )
from of_version_1
