-- Cosine neighbours of products, as rankers.neighbour_weights has them, for both engines. `history` has a row per user and
-- product. Of a user the newest ratings count, and the first by md5 where they have no age or the same: somebody with
-- 100,000 products would have ten billion pairs of them.
with ratings as (
    select
        user_id,
        product_id
    from history
    qualify
        row_number() over (
            partition by user_id
            order by age_in_days asc nulls last, md5(user_id || '|' || product_id) asc, product_id asc
        ) <= $ratings_per_user
),

-- Numbers in place of ids: pairs of these are counted several times faster.
products as (
    select
        product_id,
        count(*) as users,
        (row_number() over (order by product_id))::integer as product_number
    from ratings
    group by product_id
),

numbered as (
    select
        ratings.user_id,
        products.product_number
    from ratings
    inner join products on ratings.product_id = products.product_id
),

pairs as (
    select
        own.product_number,
        other.product_number as neighbour_number,
        count(*) as users
    from numbered as own
    inner join numbered as other
        on
            own.user_id = other.user_id
            and own.product_number != other.product_number
    group by own.product_number, other.product_number
),

weighed as (
    select
        own.product_id,
        other.product_id as neighbour_id,
        round(power(pairs.users / (sqrt(own.users * other.users) + $shrinkage), $power) * 1e9) / 1e9 as weight
    from pairs
    inner join products as own on pairs.product_number = own.product_number
    inner join products as other on pairs.neighbour_number = other.product_number
)

select
    product_id,
    neighbour_id,
    weight
from weighed
where weight > 0
qualify row_number() over (partition by product_id order by weight desc, neighbour_id asc) <= $neighbours
