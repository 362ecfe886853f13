{{ config(enabled=area_enabled('recommendations')) }}

-- Are old products rated more often, or only for longer? Products without times are one line.
with ratings as (
    select * from {{ ref('kept_ratings') }}
),

by_product as (
    select
        dataset,
        product_id,
        count(*) as ratings,
        avg(rating) as mean_rating,
        min(rated_at) as first_rated_at
    from ratings
    group by dataset, product_id
),

span as (
    select
        dataset,
        max(rated_at) as last_rated_at
    from ratings
    group by dataset
),

aged as (
    select
        by_product.*,
        date_diff('day', by_product.first_rated_at, span.last_rated_at) / 365.25 as years,
        case when years is not null then by_product.ratings / greatest(years, 0.25) end as ratings_a_year
    from by_product
    inner join span using (dataset)
)

select
    dataset,
    floor(years) as age_in_years,
    count(*) as products,
    sum(ratings) as ratings,
    round(median(ratings), 1) as median_ratings,
    round(median(ratings_a_year), 2) as median_ratings_a_year,
    round(avg(mean_rating), 3) as mean_rating
from aged
group by dataset, age_in_years
order by dataset, age_in_years
