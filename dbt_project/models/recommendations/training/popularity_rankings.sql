-- The best unseen products by scores that are the same for every user.
{% set depth = ranking_depth() %}
with popularity as (
    select * from {{ ref('product_popularity') }}
    where fold != 'serving'
),

vectors as (
    select * from {{ ref('factor_vectors') }}
    where algorithm = 'baseline_only' and entity = 'product'
),

users as (
    select * from {{ ref('evaluation_users') }}
),

scores as (
    select
        fold,
        product_number,
        unnest(['popularity_count', 'popularity_mean', 'popularity_shrunken', 'constant']) as algorithm,
        unnest([
            ratings::double,
            case when ratings >= {{ var('popularity_min_ratings') }} then mean_rating else 0 end,
            shrunken_rating,
            overall_mean_rating
        ]) as score
    from popularity

    union all

    -- The second factor of a product is its bias: the first, the mean and the user's bias, moves
    -- all products of a user alike.
    select
        popularity.fold,
        popularity.product_number,
        vectors.algorithm,
        vectors.factors[2] as score
    from popularity
    inner join vectors
        on
            popularity.fold = vectors.fold
            and popularity.product_number = vectors.entity_number
),

ordered as (
    select
        *,
        row_number() over (partition by fold, algorithm order by score desc, product_number asc) as place
    from scores
),

-- As many places as are surely enough: what the user rated takes no more than its own number.
places as (
    select
        fold,
        user_number,
        rated_numbers,
        unnest(range(1, {{ depth }} + 1 + len(rated_numbers))) as place
    from users
),

unseen as (
    select
        places.fold,
        ordered.algorithm,
        places.user_number,
        ordered.product_number,
        ordered.score,
        row_number() over (partition by places.fold, ordered.algorithm, places.user_number order by ordered.place) as rank
    from places
    inner join ordered
        on
            places.fold = ordered.fold
            and places.place = ordered.place
    where not list_contains(places.rated_numbers, ordered.product_number)
)

select
    fold,
    algorithm,
    user_number,
    rank,
    product_number,
    score
from unseen
where rank <= {{ depth }}
