{{ config(enabled=area_enabled('recommendations')) }}

-- How much of the ratings falls on how few products?
with products as (
    select * from {{ ref('kept_products') }}
),

placed as (
    select
        dataset,
        ratings,
        ceil(
            10 * row_number() over (partition by dataset order by ratings desc, product_id asc)
            / count(*) over (partition by dataset)
        ) as product_decile
    from products
)

select
    dataset,
    product_decile,
    count(*) as products,
    sum(ratings) as ratings,
    round(sum(ratings) / sum(sum(ratings)) over (partition by dataset), 3) as share_of_ratings,
    round(
        sum(sum(ratings)) over (partition by dataset order by product_decile)
        / sum(sum(ratings)) over (partition by dataset), 3
    ) as cumulative_share
from placed
group by dataset, product_decile
order by dataset, product_decile
