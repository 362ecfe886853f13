{% set n = var('similar_products_per_product') %}
with products as (
    select * from {{ ref('kept_products') }}
),

rules as (
    select * from {{ ref('product_rules') }}
    where not is_excluded
),

popularity as (
    select * from {{ ref('ranked_popularity') }}
),

champion as (
    select * from {{ ref('recommender_champion') }}
),

item_weights as (
    select * from {{ ref('serving_item_weights') }}
),

related as (
    select
        item_weights.product_number,
        item_weights.neighbour_number,
        item_weights.weight as similarity
    from item_weights
    inner join champion on item_weights.algorithm = champion.item_algorithm
    inner join rules on item_weights.neighbour_number = rules.product_number
),

best as (
    select
        product_number,
        {{ best_of('similarity', 'neighbour_number', n) }} as best
    from related
    group by product_number
),

listed as (
    {{ unnested_best('best', 'product_number', 'similar_number', 'similarity') }}
),

-- Products that share no rater with enough others are filled up with popular ones.
fill as (
    select
        products.product_number,
        popularity.product_number as similar_number,
        0 as similarity
    from products
    left join best using (product_number)
    inner join popularity on popularity.rank <= 2 * {{ n }} + 1
    where
        coalesce(len(best.best), 0) < {{ n }}
        and products.product_number != popularity.product_number
),

offered as (
    select
        product_number,
        similar_number,
        similarity
    from listed

    union all

    select
        product_number,
        similar_number,
        similarity
    from fill
),

distinct_offers as (
    select
        product_number,
        similar_number,
        max(similarity) as similarity
    from offered
    group by product_number, similar_number
),

ranked as (
    select
        offers.*,
        row_number() over (
            partition by offers.product_number
            order by offers.similarity desc, popularity.rank asc, offers.similar_number asc
        ) as rank
    from distinct_offers as offers
    left join popularity on offers.similar_number = popularity.product_number
)

select
    products.product_id,
    ranked.rank::integer as rank,
    similar_product.product_id as similar_product_id,
    ranked.similarity
from ranked
inner join products using (product_number)
inner join products as similar_product on ranked.similar_number = similar_product.product_number
where ranked.rank <= {{ n }}
order by products.product_id, rank
