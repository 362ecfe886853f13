-- What each candidate's cost grows with, and which candidates these data rule out.
with algorithms as (
    select * from {{ ref('recommender_algorithms') }}
),

ratings as (
    select * from {{ ref('kept_ratings') }}
),

users as (
    select * from {{ ref('kept_users') }}
),

specs as (
    select * from {{ ref('recommendation_specs') }}
),

folds as (
    select * from {{ ref('recommendation_folds') }}
),

previous_runs as (
    select
        dataset,
        model_name,
        params::varchar as params,
        trained_at
    from {{ source('previous', 'model_runs') }}
),

by_user as (
    select
        ratings.dataset,
        ratings.user_id,
        count(*) as ratings,
        count_if(ratings.split = 'train') as known,
        count_if(
            folds.part = 'validation' and users.is_evaluated and ratings.rating >= specs.relevant_rating
        ) as liked
    from ratings
    inner join users using (dataset, user_id)
    inner join specs using (dataset)
    left join folds on ratings.dataset = folds.dataset and ratings.split = folds.fold
    group by ratings.dataset, ratings.user_id
),

by_product as (
    select
        dataset,
        count(*) as ratings
    from ratings
    group by dataset, product_id
),

totals_of_users as (
    select
        dataset,
        count(*) as users,
        sum(ratings * ratings) as common_raters,
        -- Without a rating to learn from, or a liked product that was held out, candidates cannot be compared.
        sum(known) > 1 and sum(liked) > 0 as is_judgeable
    from by_user
    group by dataset
),

totals_of_products as (
    select
        dataset,
        count(*) as products,
        sum(ratings * ratings) as common_products
    from by_product
    group by dataset
),

sizes as (
    select
        by_user.dataset,
        unnest(['largest_side', 'common_raters', 'common_products']) as size_measure,
        unnest([
            greatest(by_user.users, by_product.products), by_user.common_raters, by_product.common_products
        ])::bigint as size
    from totals_of_users as by_user
    inner join totals_of_products as by_product using (dataset)
),

limits as (
    select
        unnest({{ mapping_var('recommender_size_limits').keys() | list }}::varchar[]) as size_measure,
        unnest({{ mapping_var('recommender_size_limits').values() | list }}::bigint[]) as size_limit
),

chosen_before as (
    select
        dataset,
        model_name as algorithm,
        max_by(params, trained_at) as stored_params
    from previous_runs
    group by dataset, model_name
),

measured as (
    select
        specs.dataset,
        algorithms.*,
        sizes.size,
        limits.size_limit,
        algorithms.size_measure is not null and not coalesce(totals_of_users.is_judgeable, false) as is_beyond_judgement,
        chosen_before.stored_params
    from specs
    inner join algorithms
        on
            algorithms.needs is null
            or (algorithms.needs = 'stars' and specs.has_stars)
            or (algorithms.needs = 'dates' and specs.cut_offs is not null)
    left join totals_of_users using (dataset)
    left join sizes using (dataset, size_measure)
    left join limits using (size_measure)
    left join chosen_before
        on
            specs.dataset = chosen_before.dataset
            and algorithms.algorithm = chosen_before.algorithm
)

select
    * exclude (is_beyond_judgement),
    is_beyond_judgement or coalesce(size > size_limit, false) as is_skipped,
    case
        when is_beyond_judgement then 'no liked product is held out to judge it by'
        when size > size_limit
            then
                replace(size_measure, '_', ' ') || ' ' || size || ' above the limit ' || size_limit
                || ' of the var recommender_size_limits (docs/spark.md)'
    end as skipped_because
from measured
