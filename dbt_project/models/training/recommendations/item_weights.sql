with histories as (
    select
        fold,
        product_number as entity,
        user_number as other
    from {{ ref('fold_ratings') }}
    where role = 'history'
),

all_fits as (
    select * from {{ ref('fit_rankers') }}
),

fits as (
    select * from all_fits
    where model_name = 'item_neighbours'
),

{{ neighbour_weights('histories', 'fits') }},

stored_weights as (
    select
        model_name,
        unnest(weights) as learned
    from all_fits
),

fitted_weights as (
    select
        learned['fold'] as fold,
        model_name,
        learned['entity_number'] as entity,
        unnest(learned['neighbour_numbers']) as neighbour,
        unnest(learned['weights']) as weight
    from stored_weights
)

select
    fold,
    model_name as algorithm,
    entity as product_number,
    neighbour as neighbour_number,
    weight
from neighbour_weights

union all

select
    fold,
    model_name as algorithm,
    entity as product_number,
    neighbour as neighbour_number,
    weight
from fitted_weights
