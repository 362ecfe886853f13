with rankings as (
    select * from {{ ref('segment_product_rankings') }}
    where fold = 'serving'
),

products as (
    select * from {{ ref('kept_products') }}
),

ratings as (
    select * from {{ ref('kept_ratings') }}
),

last_sales as (
    select
        dataset,
        product_id,
        max(rated_at)::date as last_sold_on
    from ratings
    group by dataset, product_id
)

select
    rankings.dataset,
    rankings.segment_id,
    rankings.rank::integer as rank,
    rankings.product_id,
    products.product_name as description,
    rankings.buyers,
    rankings.recent_buyers,
    rankings.lift,
    last_sales.last_sold_on
from rankings
inner join products using (dataset, product_id)
inner join last_sales using (dataset, product_id)
order by rankings.dataset, rankings.segment_id, rankings.rank
