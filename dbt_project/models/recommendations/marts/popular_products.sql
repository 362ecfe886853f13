with popularity as (
    select * from {{ ref('ranked_popularity') }}
)

select
    dataset,
    rank::integer as rank,
    product_id,
    product_name,
    ratings,
    mean_rating,
    shrunken_rating
from popularity
where rank <= {{ var('popular_products_listed') }}
order by dataset, rank
