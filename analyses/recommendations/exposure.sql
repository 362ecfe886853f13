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
        dataset,
        product_id,
        count(*) as times_shown
    from recommendations
    group by dataset, product_id
),

placed as (
    select
        products.dataset,
        products.ratings,
        coalesce(shown.times_shown, 0) as times_shown,
        ceil(
            10 * row_number() over (
                partition by products.dataset order by products.ratings desc, products.product_id asc
            ) / count(*) over (partition by products.dataset)
        ) as product_decile
    from products
    left join shown using (dataset, product_id)
)

select
    dataset,
    product_decile,
    count(*) as products,
    sum(ratings) as ratings,
    round(avg((times_shown > 0)::integer), 3) as share_shown,
    round(sum(times_shown) / sum(sum(times_shown)) over (partition by dataset), 3) as share_of_places,
    round(sum(ratings) / sum(sum(ratings)) over (partition by dataset), 3) as share_of_ratings
from placed
group by dataset, product_decile
order by dataset, product_decile
