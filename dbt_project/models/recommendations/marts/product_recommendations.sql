{% set n = var('recommendations_per_user') %}
with users as (
    select * from {{ ref('ranked_users') }}
    where fold = 'serving' and {{ is_in_batch(md5_share('user_id')) }}
),

rankings as (
    select rankings.*
    from {{ ref('served_rankings') }} as rankings
    semi join users using (dataset, user_id)
    where rankings.fold = 'serving'
),

reasons as (
    select reasons.*
    from {{ ref('served_reasons') }} as reasons
    semi join users using (dataset, user_id)
),

ratings as (
    select * from {{ ref('fold_ratings') }}
    where fold = 'serving' and role = 'history'
),

specs as (
    select * from {{ ref('recommendation_specs') }}
),

products as (
    select * from {{ ref('kept_products') }}
),

champions as (
    select * from {{ ref('recommender_champion') }}
),

vectors as (
    select * from {{ ref('recommender_factors') }}
),

popularity as (
    select * from {{ ref('ranked_popularity') }}
),

wordings as (
    select * from {{ ref('recommendation_reasons') }}
),

runs as (
    select * from {{ ref('recommendations_model_runs') }}
),

personal as (
    select
        rankings.dataset,
        rankings.user_id,
        rankings.product_id,
        rankings.score,
        rankings.rank,
        1 as rung,
        users.source,
        rankings.algorithm,
        case when reasons.because_of is null then 'similar_users' else 'rated_product' end as basis,
        reasons.because_of,
        reasons.rating,
        null as ratings
    from rankings
    inner join users using (dataset, user_id)
    left join reasons using (dataset, user_id, product_id)
),

-- Lists that are not full yet take popular products that the user has neither rated nor been offered.
lengths as (
    select
        dataset,
        user_id,
        count(*) as ranked
    from rankings
    group by dataset, user_id
),

short_lists as (
    select
        users.dataset,
        users.user_id
    from users
    left join lengths using (dataset, user_id)
    where coalesce(lengths.ranked, 0) < {{ n }}
),

known as (
    select
        dataset,
        user_id,
        product_id
    from rankings

    union all

    select
        dataset,
        user_id,
        product_id
    from ratings
),

barred as (
    select known.*
    from known
    semi join short_lists using (dataset, user_id)
),

-- As many places as are surely enough: what is barred takes no more than its own number.
places as (
    select
        short_lists.dataset,
        short_lists.user_id,
        count(barred.product_id) + {{ n }} as places
    from short_lists
    left join barred using (dataset, user_id)
    group by short_lists.dataset, short_lists.user_id
),

-- Only products that the longest list could reach: every list is paired with all of them.
reachable as (
    select * from popularity
    where rank <= (select max(places.places) from places)
),

popular as (
    select
        places.dataset,
        places.user_id,
        reachable.product_id,
        reachable.ratings as score,
        reachable.rank,
        2 as rung,
        'popular' as source,
        'popularity_count' as algorithm,
        'popular' as basis,
        null as because_of,
        null as rating,
        reachable.ratings
    from places
    inner join reachable
        on
            places.dataset = reachable.dataset
            and places.places >= reachable.rank
    anti join barred
        on
            places.dataset = barred.dataset
            and places.user_id = barred.user_id
            and reachable.product_id = barred.product_id
),

offered as (
    select * from personal
    union all
    select * from popular
),

ranked as (
    select
        *,
        row_number() over (partition by dataset, user_id order by rung, rank) as place
    from offered
)

select
    ranked.dataset,
    ranked.user_id,
    ranked.place::integer as rank,
    ranked.product_id,
    products.product_name,
    ranked.score::double as score,
    case
        when of_user.factors is not null and of_product.factors is not null
            then {{ rounded(
                'greatest(specs.lowest_rating, least(specs.highest_rating, '
                ~ inner_product('of_user.factors', 'of_product.factors') ~ '))'
            ) }}
    end as predicted_rating,
    ranked.source,
    ranked.algorithm,
    replace(
        replace(
            replace(wordings.wording, '{product}', coalesce(liked.product_name, ranked.because_of, '')),
            '{rating}', coalesce(regexp_replace(ranked.rating::string, '[.]0$', ''), '')
        ),
        '{ratings}', coalesce(ranked.ratings::string, '')
    ) as reason,
    runs.model_run_id
from ranked
inner join specs using (dataset)
inner join wordings using (basis, has_stars)
inner join products using (dataset, product_id)
left join products as liked
    on
        ranked.dataset = liked.dataset
        and ranked.because_of = liked.product_id
left join runs
    on
        ranked.dataset = runs.dataset
        and ranked.algorithm = runs.model_name
left join champions on ranked.dataset = champions.dataset
left join vectors as of_user
    on
        ranked.dataset = of_user.dataset
        and champions.rating_algorithm = of_user.algorithm
        and ranked.user_id = of_user.entity_id
        and of_user.entity = 'user'
left join vectors as of_product
    on
        ranked.dataset = of_product.dataset
        and champions.rating_algorithm = of_product.algorithm
        and ranked.product_id = of_product.entity_id
        and of_product.entity = 'product'
where ranked.place <= {{ n }}
order by ranked.dataset, ranked.user_id, rank
