{{ config(enabled=area_enabled('recommendations')) }}

-- Means and estimates of ratings are on the scale that the data set declares.
with specs as (
    select * from {{ ref('recommendation_specs') }}
),

figures as (
    select
        dataset,
        estimate as figure
    from {{ ref('rating_estimates') }}

    union all

    select
        dataset,
        unnest([mean_rating, shrunken_rating]) as figure
    from {{ ref('popular_products') }}
)

select
    figures.dataset,
    figures.figure
from figures
inner join specs using (dataset)
where figures.figure not between specs.lowest_rating and specs.highest_rating
