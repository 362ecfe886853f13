{% set n = var('similar_products_per_product') %}
with products as (
    select * from {{ ref('kept_products') }}
    where {{ is_in_batch(md5_share('product_id')) }}
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

-- Who had both of a pair is looked up by numbers: of ids the pairs of all users would take several times the memory.
numbered_products as (
    select
        dataset,
        product_id,
        (row_number() over (order by dataset, product_id))::integer as product_number
    from users
),

numbered_users as (
    select
        dataset,
        user_id,
        (row_number() over (order by dataset, user_id))::integer as user_number
    from ratings
    group by dataset, user_id
),

histories as (
    select
        numbered_users.user_number,
        numbered_products.product_number
    from ratings
    inner join numbered_users using (dataset, user_id)
    inner join numbered_products using (dataset, product_id)
),

similar_numbers as (
    select
        own.product_number,
        {{ list_of_group('other.product_number') }} as similar_numbers
    from ranked
    inner join numbered_products as own using (dataset, product_id)
    inner join numbered_products as other
        on
            ranked.dataset = other.dataset
            and ranked.similar_product_id = other.product_id
    group by own.product_number
),

users_of_pairs as (
    select
        histories.product_number,
        histories.user_number,
        {{ elements_of('similar_numbers.similar_numbers') }} as similar_number
    from histories
    inner join similar_numbers using (product_number)
),

in_common as (
    select
        pairs.product_number,
        pairs.similar_number,
        count(*) as users
    from users_of_pairs as pairs
    semi join histories
        on
            pairs.user_number = histories.user_number
            and pairs.similar_number = histories.product_number
    group by pairs.product_number, pairs.similar_number
),

common_users as (
    select
        own.dataset,
        own.product_id,
        other.product_id as similar_product_id,
        in_common.users
    from in_common
    inner join numbered_products as own using (product_number)
    inner join numbered_products as other on in_common.similar_number = other.product_number
)

select
    ranked.dataset,
    ranked.product_id,
    ranked.place::integer as rank,
    ranked.similar_product_id,
    {{ rounded('coalesce(common_users.users, 0) / sqrt(own.ratings * other.ratings)') }} as similarity,
    coalesce(common_users.users, 0) as common_users,
    ranked.algorithm
from ranked
left join common_users using (dataset, product_id, similar_product_id)
inner join users as own
    on
        ranked.dataset = own.dataset
        and ranked.product_id = own.product_id
inner join users as other
    on
        ranked.dataset = other.dataset
        and ranked.similar_product_id = other.product_id
order by ranked.dataset, ranked.product_id, rank
