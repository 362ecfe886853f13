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
)

select
    fits.*,
    coalesce(
        fits.model_name in (champion.algorithm, champion.item_algorithm) or fits.model_name = 'popularity_count', false
    ) as is_served
from fits
cross join champion
