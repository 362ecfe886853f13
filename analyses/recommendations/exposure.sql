{{ config(enabled=area_enabled('recommendations')) }}

-- Which products do the recommendations reach: the popular ones, or the tail too?
with products as (
    select * from {{ ref('kept_products') }}
),

recommendations as (
    select * from {{ ref('product_recommendations') }}
),

shown as (
    select
        product_id,
        count(*) as times_shown
    from recommendations
    group by product_id
),

placed as (
    select
        products.ratings,
        coalesce(shown.times_shown, 0) as times_shown,
        ceil(
            10 * row_number() over (order by products.ratings desc, products.product_id asc) / count(*) over ()
        ) as product_decile
    from products
    left join shown using (product_id)
)

select
    product_decile,
    count(*) as products,
    sum(ratings) as ratings,
    round(avg((times_shown > 0)::integer), 3) as share_shown,
    round(sum(times_shown) / sum(sum(times_shown)) over (), 3) as share_of_places,
    round(sum(ratings) / sum(sum(ratings)) over (), 3) as share_of_ratings
from placed
group by product_decile
order by product_decile
