-- Cosine neighbours of products, as rankers.neighbour_weights has them, for both engines. `history` has a row per user and
-- product. Of a user the newest ratings count, and the first by md5 where they have no age or the same: somebody with
-- 100,000 products would have five billion pairs of them.
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

sizes as (
    select
        product_id,
        count(*) as users
    from ratings
    group by product_id
),

pairs as (
    select
        own.product_id,
        other.product_id as neighbour_id,
        count(*) as users
    from ratings as own
    inner join ratings as other
        on
            own.user_id = other.user_id
            and own.product_id < other.product_id
    group by own.product_id, other.product_id
),

weighed as (
    select
        pairs.product_id,
        pairs.neighbour_id,
        round(power(pairs.users / (sqrt(own.users * other.users) + $shrinkage), $power) * 1e9) / 1e9 as weight
    from pairs
    inner join sizes as own on pairs.product_id = own.product_id
    inner join sizes as other on pairs.neighbour_id = other.product_id
),

both_ways as (
    select
        product_id,
        neighbour_id,
        weight
    from weighed

    union all

    select
        neighbour_id as product_id,
        product_id as neighbour_id,
        weight
    from weighed
)

select
    product_id,
    neighbour_id,
    weight
from both_ways
where weight > 0
qualify row_number() over (partition by product_id order by weight desc, neighbour_id asc) <= $neighbours
