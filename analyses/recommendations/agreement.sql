{{ config(enabled=area_enabled('recommendations')) }}

-- How far do users agree on a product? Spread around the product's mean against the overall spread.
with ratings as (
    select * from {{ ref('kept_ratings') }}
),

by_product as (
    select
        dataset,
        product_id,
        count(*) as ratings,
        avg(rating) as mean_rating,
        var_samp(rating) as variance
    from ratings
    group by dataset, product_id
    having count(*) > 1
),

overall as (
    select
        dataset,
        var_samp(rating) as variance
    from ratings
    group by dataset
)

select
    by_product.dataset,
    floor(log2(by_product.ratings)) as log2_of_ratings,
    count(*) as products,
    round(avg(by_product.mean_rating), 3) as mean_rating,
    round(sqrt(avg(by_product.variance)), 3) as spread_within_products,
    round(sqrt(any_value(overall.variance)), 3) as overall_spread,
    round(1 - avg(by_product.variance) / any_value(overall.variance), 3) as share_explained_by_product
from by_product
inner join overall using (dataset)
group by by_product.dataset, log2_of_ratings
order by by_product.dataset, log2_of_ratings
