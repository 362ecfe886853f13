{% set depth = ranking_depth() %}
-- Rankings to compare those of the scorers with: the same for everybody, by chance, and by estimates that
-- Python ranked, because no stored weights explain them.
with fits as (
    select * from {{ ref('fit_recommenders') }}
),

vectors as (
    select * from {{ ref('fitted_factors') }}
    where scorer = 'popularity' and entity = 'product'
),

popularity as (
    select * from {{ ref('product_popularity') }}
    where fold != 'serving'
),

histories as (
    select * from {{ ref('fold_ratings') }}
    where role = 'history' and fold != 'serving'
),

judged as (
    select * from {{ ref('fold_users') }}
),

products as (
    select
        *,
        row_number() over (partition by dataset order by product_id) - 1 as product_number
    from {{ ref('kept_products') }}
),

candidates as (
    select
        dataset,
        algorithm
    from {{ ref('recommender_candidates') }}
),

catalogues as (
    select
        dataset,
        count(*) as products
    from products
    group by dataset
),

users as (
    select
        *,
        row_number() over (partition by dataset order by user_id) - 1 as user_number
    from {{ ref('kept_users') }}
),

fitted as (
    select distinct dataset
    from fits
    where model_name is not null
),

rated as (
    select
        histories.dataset,
        histories.fold,
        histories.user_id,
        users.user_number,
        products.product_number
    from histories
    semi join judged using (dataset, fold, user_id)
    inner join users using (dataset, user_id)
    inner join products using (dataset, product_id)
    semi join fitted on histories.dataset = fitted.dataset
),

judged_users as (
    select
        dataset,
        fold,
        user_id,
        user_number,
        count(*) as products_rated
    from rated
    group by dataset, fold, user_id, user_number
),

-- The second factor of a product is its bias: the first, the mean and the user's bias, moves all
-- products of a user alike.
shared_scores as (
    select
        dataset,
        fold,
        product_id,
        unnest([
            'popularity_count', 'popularity_recent', 'popularity_mean', 'popularity_shrunken', 'constant'
        ]) as algorithm,
        unnest([
            ratings::double,
            recent_ratings::double,
            case when ratings >= {{ var('popularity_min_ratings') }} then mean_rating else 0 end,
            shrunken_rating,
            overall_mean_rating
        ]) as score
    from popularity

    union all

    select
        dataset,
        fold,
        entity_id as product_id,
        algorithm,
        factors[2] as score
    from vectors
    where fold != 'serving'
),

shared_order as (
    select
        scores.*,
        products.product_number,
        row_number() over (
            partition by scores.dataset, scores.fold, scores.algorithm
            order by scores.score desc, scores.product_id asc
        ) as place
    from shared_scores as scores
    semi join candidates using (dataset, algorithm)
    inner join products using (dataset, product_id)
),

-- As many places as are surely enough: what the user rated takes no more than its own number.
places as (
    select
        *,
        unnest(range(1, {{ depth }} + 1 + products_rated)) as place
    from judged_users
),

shared_rankings as (
    select
        places.dataset,
        places.fold,
        shared_order.algorithm,
        places.user_id,
        row_number() over (
            partition by places.dataset, places.fold, shared_order.algorithm, places.user_id
            order by shared_order.place
        ) as rank,
        shared_order.product_id,
        shared_order.score
    from places
    inner join shared_order using (dataset, fold, place)
    anti join rated
        on
            places.dataset = rated.dataset
            and places.fold = rated.fold
            and places.user_number = rated.user_number
            and shared_order.product_number = rated.product_number
    qualify rank <= {{ depth }}
),

draws as (
    select
        judged_users.*,
        numbered.draw,
        floor({{ md5_share("judged_users.user_number || '|' || numbered.draw") }} * catalogues.products)::bigint
            as product_number
    from judged_users
    inner join catalogues using (dataset)
    cross join unnest(range({{ 3 * depth }})) as numbered (draw)
),

random_rankings as (
    select
        draws.dataset,
        draws.fold,
        'random' as algorithm,
        draws.user_id,
        row_number() over (partition by draws.dataset, draws.fold, draws.user_id order by min(draws.draw)) as rank,
        products.product_id,
        0::double as score
    from draws
    inner join products using (dataset, product_number)
    anti join rated
        on
            draws.dataset = rated.dataset
            and draws.fold = rated.fold
            and draws.user_number = rated.user_number
            and draws.product_number = rated.product_number
    group by draws.dataset, draws.fold, draws.user_id, products.product_id
    qualify rank <= {{ depth }}
),

ranked_in_python as (
    select
        dataset,
        model_name as algorithm,
        unnest(rankings) as ranking
    from fits
),

predicted_rankings as (
    select
        ranked.dataset,
        ranked.ranking['fold'] as fold,
        ranked.algorithm,
        ranked.ranking['user_id'] as user_id,
        generate_subscripts(ranked.ranking['product_ids'], 1) as rank,
        unnest(ranked.ranking['product_ids']) as product_id,
        null::double as score
    from ranked_in_python as ranked
),

judged_predictions as (
    select predicted_rankings.*
    from predicted_rankings
    semi join judged_users using (dataset, fold, user_id)
)

select * from shared_rankings
union all by name
select * from random_rankings
union all by name
select * from judged_predictions
