{% set n = var('similar_products_per_product') %}
with products as (
    select * from {{ ref('kept_products') }}
),

popularity as (
    select * from {{ ref('ranked_popularity') }}
),

item_weights as (
    select * from {{ ref('recommender_item_weights') }}
),

-- Of the products that may be shown, those that weigh most for each kept product.
best as (
    select
        weights.dataset,
        weights.product_id,
        weights.neighbour_id as similar_product_id,
        weights.weight as similarity
    from item_weights as weights
    semi join products using (dataset, product_id)
    inner join popularity
        on
            weights.dataset = popularity.dataset
            and weights.neighbour_id = popularity.product_id
    where weights.weight > 0
    qualify
        row_number() over (
            partition by weights.dataset, weights.product_id
            order by weights.weight desc, weights.neighbour_id asc
        ) <= {{ n }}
),

listed as (
    select
        dataset,
        product_id,
        count(*) as products
    from best
    group by dataset, product_id
),

-- Products that share no rater with enough others are filled up with popular ones.
fill as (
    select
        products.dataset,
        products.product_id,
        popularity.product_id as similar_product_id,
        0 as similarity
    from products
    left join listed using (dataset, product_id)
    inner join popularity
        on
            products.dataset = popularity.dataset
            and products.product_id != popularity.product_id
            and popularity.rank <= 2 * {{ n }} + 1
    where coalesce(listed.products, 0) < {{ n }}
),

new_to_the_list as (
    select fill.*
    from fill
    anti join best using (dataset, product_id, similar_product_id)
),

offered as (
    select * from best
    union all
    select * from new_to_the_list
),

ranked as (
    select
        offered.*,
        row_number() over (
            partition by offered.dataset, offered.product_id
            order by offered.similarity desc, popularity.rank asc
        ) as rank
    from offered
    inner join popularity
        on
            offered.dataset = popularity.dataset
            and offered.similar_product_id = popularity.product_id
)

select
    dataset,
    product_id,
    rank::integer as rank,
    similar_product_id,
    similarity
from ranked
where rank <= {{ n }}
order by dataset, product_id, rank
