with fits as (
    select
        model_name,
        factors
    from {{ ref('fit_rankers') }}

    union all

    select
        model_name,
        factors
    from {{ ref('fit_rating_predictors') }}
),

stored as (
    select
        model_name,
        unnest(factors) as learned
    from fits
)

select
    learned['fold'] as fold,
    model_name as algorithm,
    learned['entity'] as entity,
    learned['entity_number'] as entity_number,
    learned['factors'] as factors
from stored
