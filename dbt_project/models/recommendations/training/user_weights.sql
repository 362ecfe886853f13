with histories as (
    select
        fold,
        user_number as entity,
        product_number as other
    from {{ ref('fold_ratings') }}
    where role = 'history'
),

fits as (
    select * from {{ ref('fit_rankers') }}
    where model_name = 'user_neighbours'
),

{{ neighbour_weights('histories', 'fits') }}

select
    fold,
    model_name as algorithm,
    entity as user_number,
    neighbour as neighbour_number,
    weight
from neighbour_weights
