-- Of the products that a user liked, the one that contributed most to each product that is served. A part by item weights
-- adds up what the products of the history weigh; one by user weights adds up neighbours, each of whom is a neighbour for
-- the products that both had. Vectors do not tell what they come from. Where no part tells, the best item weights do.
-- Places are numbered, because a number is grouped by much faster than ids are.
with users as (
    select * from {{ ref('ranked_users') }}
    where fold = 'serving' and {{ is_in_batch(md5_share('user_id')) }}
),

rankings as (
    select
        rankings.*,
        (row_number() over (order by rankings.dataset, rankings.user_id, rankings.rank))::integer as place_number
    from {{ ref('served_rankings') }} as rankings
    semi join users using (dataset, user_id)
    where rankings.fold = 'serving'
),

components as (
    select components.*
    from {{ ref('component_rankings') }} as components
    semi join users using (dataset, user_id)
    where components.fold = 'serving'
),

blends as (
    select * from {{ ref('recommender_blends') }}
),

champions as (
    select * from {{ ref('recommender_champion') }}
),

item_weights as (
    select * from {{ ref('recommender_item_weights') }}
),

user_weights as (
    select * from {{ ref('recommender_user_weights') }}
),

ratings as (
    select * from {{ ref('fold_ratings') }}
    where fold = 'serving' and role = 'history'
),

liked as (
    select ratings.*
    from ratings
    semi join users using (dataset, user_id)
    inner join {{ ref('recommendation_specs') }} as specs using (dataset)
    where ratings.rating >= specs.relevant_rating
),

parts as (
    select distinct
        rankings.dataset,
        rankings.algorithm,
        coalesce(blends.part, rankings.algorithm) as part,
        coalesce(blends.weight, 1) as weight
    from rankings
    left join blends using (dataset, algorithm)
),

fallbacks as (
    select distinct
        parts.dataset,
        parts.algorithm,
        champions.item_algorithm as part
    from parts
    inner join champions using (dataset)
    anti join parts as own
        on
            parts.dataset = own.dataset
            and parts.algorithm = own.algorithm
            and champions.item_algorithm = own.part
),

-- What each part adds to the score of a product that is served.
shares as (
    select
        rankings.place_number,
        rankings.dataset,
        rankings.user_id,
        rankings.product_id,
        parts.part,
        false as is_fallback,
        parts.weight * components.score / components.norm as share
    from rankings
    inner join parts using (dataset, algorithm)
    inner join components
        on
            rankings.dataset = components.dataset
            and rankings.user_id = components.user_id
            and rankings.product_id = components.product_id
            and parts.part = components.algorithm
    where components.score > 0

    union all

    select
        rankings.place_number,
        rankings.dataset,
        rankings.user_id,
        rankings.product_id,
        fallbacks.part,
        true as is_fallback,
        1 as share
    from rankings
    inner join fallbacks using (dataset, algorithm)
),

of_items as (
    select
        shares.place_number,
        shares.part,
        shares.is_fallback,
        shares.share,
        liked.product_id as because_of,
        liked.rating,
        weights.weight
    from shares
    inner join item_weights as weights
        on
            shares.dataset = weights.dataset
            and shares.part = weights.algorithm
            and shares.product_id = weights.product_id
    inner join liked
        on
            shares.dataset = liked.dataset
            and shares.user_id = liked.user_id
            and weights.neighbour_id = liked.product_id
    where weights.weight > 0
),

-- The neighbours who have a product that is served.
voters as (
    select
        shares.*,
        weights.neighbour_id,
        weights.weight
    from shares
    inner join user_weights as weights
        on
            shares.dataset = weights.dataset
            and shares.part = weights.algorithm
            and shares.user_id = weights.user_id
    inner join ratings
        on
            shares.dataset = ratings.dataset
            and weights.neighbour_id = ratings.user_id
            and shares.product_id = ratings.product_id
),

acquaintances as (
    select distinct
        dataset,
        user_id,
        neighbour_id
    from voters
),

histories as (
    select
        acquaintances.*,
        liked.product_id as because_of,
        liked.rating
    from acquaintances
    inner join liked using (dataset, user_id)
),

in_common as (
    select
        histories.*,
        count(*) over (
            partition by histories.dataset, histories.user_id, histories.neighbour_id
        ) as products
    from histories
    semi join ratings
        on
            histories.dataset = ratings.dataset
            and histories.neighbour_id = ratings.user_id
            and histories.because_of = ratings.product_id
),

of_users as (
    select
        voters.place_number,
        voters.part,
        voters.is_fallback,
        voters.share,
        in_common.because_of,
        in_common.rating,
        voters.weight / in_common.products as weight
    from voters
    inner join in_common using (dataset, user_id, neighbour_id)
),

votes as (
    select * from of_items
    union all
    select * from of_users
),

by_part as (
    select
        place_number,
        is_fallback,
        because_of,
        any_value(rating) as rating,
        any_value(share) * sum(weight) / sum(sum(weight)) over (
            partition by place_number, part, is_fallback
        ) as contribution
    from votes
    group by place_number, part, is_fallback, because_of
),

contributions as (
    select
        place_number,
        is_fallback,
        because_of,
        any_value(rating) as rating,
        {{ rounded('sum(contribution)') }} as contribution
    from by_part
    group by place_number, is_fallback, because_of
),

strongest as (
    select
        place_number,
        because_of,
        rating,
        contribution
    from contributions
    qualify
        row_number() over (
            partition by place_number
            order by is_fallback asc, contribution desc, because_of asc
        ) = 1
)

select
    rankings.dataset,
    rankings.user_id,
    rankings.product_id,
    strongest.because_of,
    strongest.rating,
    strongest.contribution
from strongest
inner join rankings using (place_number)
