{{ config(schema='models') }}

with fits as (
    select * from {{ ref('fit_recommenders') }}
)

select distinct
    dataset,
    champion as algorithm,
    item_algorithm,
    user_algorithm,
    factor_algorithm,
    rating_algorithm
from fits
order by dataset
