{{ config(materialized='view') }}

with fits as (
    select
        model_run_id,
        area,
        dataset,
        model_name,
        data_fingerprint,
        n_rows,
        params,
        metrics,
        library_versions
    from {{ ref('fit_rankers') }}

    union all

    select
        model_run_id,
        area,
        dataset,
        model_name,
        data_fingerprint,
        n_rows,
        params,
        metrics,
        library_versions
    from {{ ref('fit_rating_predictors') }}
),

champion as (
    select * from {{ ref('recommender_champion') }}
),

outcome as (
    select * from {{ ref('ratings_fit_outcome') }}
),

stored as (
    {{ previous_rows(source('previous', 'model_runs'), {
        'model_run_id': 'varchar',
        'area': 'varchar',
        'dataset': 'varchar',
        'model_name': 'varchar',
        'data_fingerprint': 'varchar',
        'n_rows': 'bigint',
        'params': 'varchar',
        'metrics': 'varchar',
        'library_versions': 'varchar',
        'is_served': 'boolean'
    }) }}
)

select stored.*
from stored
cross join outcome
where stored.dataset = 'ratings' and stored.is_served and outcome.is_stored

union all

select
    fits.*,
    coalesce(
        fits.model_name in (champion.algorithm, champion.item_algorithm) or fits.model_name = 'popularity_count', false
    ) as is_served
from fits
cross join champion
cross join outcome
where not outcome.is_stored
