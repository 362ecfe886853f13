{% set n = var('similar_products_per_product') %}
with products as (
    select * from {{ ref('kept_products') }}
),

ratings as (
    select * from {{ ref('fold_ratings') }}
    where fold = 'serving' and role = 'history'
),

users as (
    select * from {{ ref('product_popularity') }}
    where fold = 'serving'
),

popularity as (
    select * from {{ ref('ranked_popularity') }}
),

item_weights as (
    select weights.*
    from {{ ref('recommender_item_weights') }} as weights
    semi join {{ ref('recommender_champion') }} as champions
        on
            weights.dataset = champions.dataset
            and weights.algorithm = champions.item_algorithm
),

-- Of the products that may be shown, those that weigh most for each kept product.
best as (
    select
        weights.dataset,
        weights.product_id,
        weights.neighbour_id as similar_product_id,
        weights.weight,
        weights.algorithm
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
        0 as weight,
        'popularity_count' as algorithm
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
            order by offered.weight desc, popularity.rank asc
        ) as place
    from offered
    inner join popularity
        on
            offered.dataset = popularity.dataset
            and offered.similar_product_id = popularity.product_id
    qualify place <= {{ n }}
),

users_of_pairs as (
    select
        ranked.dataset,
        ranked.product_id,
        ranked.similar_product_id,
        ratings.user_id
    from ranked
    inner join ratings using (dataset, product_id)
),

in_common as (
    select
        pairs.dataset,
        pairs.product_id,
        pairs.similar_product_id,
        count(*) as users
    from users_of_pairs as pairs
    semi join ratings
        on
            pairs.dataset = ratings.dataset
            and pairs.user_id = ratings.user_id
            and pairs.similar_product_id = ratings.product_id
    group by pairs.dataset, pairs.product_id, pairs.similar_product_id
)

select
    ranked.dataset,
    ranked.product_id,
    ranked.place::integer as rank,
    ranked.similar_product_id,
    {{ rounded('coalesce(in_common.users, 0) / sqrt(own.ratings * other.ratings)') }} as similarity,
    coalesce(in_common.users, 0) as common_users,
    ranked.algorithm
from ranked
left join in_common using (dataset, product_id, similar_product_id)
inner join users as own
    on
        ranked.dataset = own.dataset
        and ranked.product_id = own.product_id
inner join users as other
    on
        ranked.dataset = other.dataset
        and ranked.similar_product_id = other.product_id
order by ranked.dataset, ranked.product_id, rank
