{# The weights of item_neighbours for one fold: a fold at a time, so that one join's pairs fit in memory. #}
{% macro item_neighbours(fold) %}
with histories as (
    select
        fold,
        product_number as entity,
        user_number as other
    from {{ ref('fold_ratings') }}
    where role = 'history' and fold = '{{ fold }}'
),

fits as (
    select * from {{ ref('fit_rankers') }}
    where model_name = 'item_neighbours'
),

{{ neighbour_weights('histories', 'fits') }}

select
    fold,
    model_name as algorithm,
    entity as product_number,
    neighbour as neighbour_number,
    weight
from neighbour_weights
{% endmacro %}
