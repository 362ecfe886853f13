with rankings as (
    select * from {{ ref('buy_again_rankings') }}
    where fold = 'serving' and rank <= {{ var('buy_again_per_user') }}
),

products as (
    select * from {{ ref('kept_products') }}
)

select
    rankings.dataset,
    rankings.user_id,
    rankings.rank::integer as rank,
    rankings.product_id,
    products.product_name,
    rankings.orders,
    rankings.last_bought_on,
    rankings.median_gap_days,
    rankings.due_in_days,
    rankings.score
from rankings
inner join products using (dataset, product_id)
order by rankings.dataset, rankings.user_id, rankings.rank
