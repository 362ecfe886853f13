{{ config(materialized='view') }}

-- The families that the previous generation stored; version 1 had those of leads alone, under other names.
{%- set columns = {
    'model_run_id': 'varchar',
    'area': 'varchar',
    'dataset': 'varchar',
    'model_name': 'varchar',
    'data_fingerprint': 'varchar',
    'n_rows': 'bigint',
    'params': 'varchar',
    'library_versions': 'varchar',
    'metrics': 'varchar',
    'estimator_params': 'varchar',
    'imbalance': 'varchar',
    'intercept': 'double',
    'is_single_precision': 'boolean',
    'encoder': 'struct(position bigint, feature varchar, category varchar, impute_value double, mean double, scale double, coefficient double)[]',
    'trees': 'struct(tree_index bigint, weight double, depth bigint, feature bigint[], threshold double[], left_child bigint[], '
        ~ 'right_child bigint[], missing_go_left boolean[], value double[], cover double[])[]',
    'calibration': 'varchar',
    'calibration_slope': 'double',
    'calibration_intercept': 'double',
    'calibration_scores': 'double[]',
    'calibration_probabilities': 'double[]',
    'out_of_fold': 'struct(imbalance varchar, entity_id varchar, repeat bigint, fold bigint, has_outcome boolean, raw_score double, '
        ~ 'model_probability double, probability double)[]',
    'reference_scores': 'struct(entity_id varchar, raw_score double)[]',
    'importance': 'struct(feature varchar, importance double, std double)[]',
    'search': 'struct(params varchar, cv_roc_auc double, cv_roc_auc_std double, rank bigint)[]',
    'outcome': 'varchar',
    'quality': 'double',
    'challenger_quality': 'double',
    'fit_problem': 'varchar'
} %}

with present as (
    {{ previous_rows(source('previous_models', 'fit_propensity_families'), columns) }}
),

of_version_1 as (
    {{ previous_rows(source('previous_models', 'fit_lead_families'), dict(columns,
        out_of_fold='struct(imbalance varchar, lead_id varchar, repeat bigint, fold bigint, is_converted boolean, raw_score double, '
            ~ 'model_probability double, probability double)[]',
        reference_scores='struct(lead_id varchar, raw_score double)[]'
    )) }}
)

select * from present
where model_run_id is not null

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
