{{ config(materialized='view') }}

-- Users who are judged in each fold, with what they had rated by then.
with histories as (
    select * from {{ ref('fold_ratings') }}
    where role = 'history' and is_evaluated and fold != 'serving'
)

select
    fold,
    user_number,
    list(product_number order by product_number) as rated_numbers
from histories
group by fold, user_number
