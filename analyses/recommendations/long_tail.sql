{{ config(enabled=area_enabled('recommendations')) }}

-- How much of the ratings falls on how few products?
with products as (
    select * from {{ ref('kept_products') }}
),

placed as (
    select
        ratings,
        ceil(10 * row_number() over (order by ratings desc, product_id asc) / count(*) over ()) as product_decile
    from products
)

select
    product_decile,
    count(*) as products,
    sum(ratings) as ratings,
    round(sum(ratings) / sum(sum(ratings)) over (), 3) as share_of_ratings,
    round(sum(sum(ratings)) over (order by product_decile) / sum(sum(ratings)) over (), 3) as cumulative_share
from placed
group by product_decile
order by product_decile
