-- Of the products that a user liked, the one that contributed most to each product that is served. A part by item weights
-- adds up what the products of the history weigh; one by user weights adds up neighbours, each of whom is a neighbour for
-- the products that both had. Vectors do not tell what they come from. Where no part tells, the best item weights do.
with rankings as (
    select * from {{ ref('served_rankings') }}
),

components as (
    select * from {{ ref('component_rankings') }}
    where fold = 'serving'
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

specs as (
    select * from {{ ref('recommendation_specs') }}
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
        shares.*,
        ratings.product_id as because_of,
        weights.weight
    from shares
    inner join item_weights as weights
        on
            shares.dataset = weights.dataset
            and shares.part = weights.algorithm
            and shares.product_id = weights.product_id
    inner join ratings
        on
            shares.dataset = ratings.dataset
            and shares.user_id = ratings.user_id
            and weights.neighbour_id = ratings.product_id
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

in_common as (
    select
        acquaintances.*,
        own.product_id as because_of,
        count(*) over (
            partition by acquaintances.dataset, acquaintances.user_id, acquaintances.neighbour_id
        ) as products
    from acquaintances
    inner join ratings as own using (dataset, user_id)
    inner join ratings as other
        on
            acquaintances.dataset = other.dataset
            and acquaintances.neighbour_id = other.user_id
            and own.product_id = other.product_id
),

of_users as (
    select
        voters.* exclude (neighbour_id, weight),
        in_common.because_of,
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
        dataset,
        user_id,
        product_id,
        part,
        is_fallback,
        because_of,
        any_value(share) * sum(weight) / sum(sum(weight)) over (
            partition by dataset, user_id, product_id, part, is_fallback
        ) as contribution
    from votes
    group by dataset, user_id, product_id, part, is_fallback, because_of
),

contributions as (
    select
        dataset,
        user_id,
        product_id,
        is_fallback,
        because_of,
        {{ rounded('sum(contribution)') }} as contribution
    from by_part
    group by dataset, user_id, product_id, is_fallback, because_of
)

select
    contributions.dataset,
    contributions.user_id,
    contributions.product_id,
    contributions.because_of,
    ratings.rating,
    contributions.contribution
from contributions
inner join ratings
    on
        contributions.dataset = ratings.dataset
        and contributions.user_id = ratings.user_id
        and contributions.because_of = ratings.product_id
inner join specs on contributions.dataset = specs.dataset
where ratings.rating >= specs.relevant_rating
qualify
    row_number() over (
        partition by contributions.dataset, contributions.user_id, contributions.product_id
        order by
            contributions.is_fallback asc, contributions.contribution desc,
            contributions.because_of asc
    ) = 1
