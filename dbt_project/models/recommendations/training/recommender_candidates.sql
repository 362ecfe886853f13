-- What each candidate's cost grows with, and which candidates these data rule out.
with algorithms as (
    select * from {{ ref('recommender_algorithms') }}
),

ratings as (
    select * from {{ ref('kept_ratings') }}
),

ratings_of_users as (
    select
        user_number,
        count(*) as ratings
    from ratings
    group by user_number
),

ratings_of_products as (
    select
        product_number,
        count(*) as ratings
    from ratings
    group by product_number
),

totals as (
    select
        (select count(*) from ratings_of_users) as users,
        (select count(*) from ratings_of_products) as products,
        (select sum(ratings * ratings) from ratings_of_users) as common_raters,
        (select sum(ratings * ratings) from ratings_of_products) as common_products
),

-- Without a rating to learn from, or a liked product that was held out, candidates cannot be compared.
judgement as (
    select
        coalesce(count_if(split = 'train') > 1 and count_if(
            split = 'validation' and is_evaluated and rating >= {{ var('recommender_relevant_rating') }}
        ) > 0, false) as is_possible
    from ratings
),

sizes as (
    select
        unnest(['largest_side', 'common_raters', 'common_products']) as size_measure,
        unnest([greatest(users, products), common_raters, common_products]) as size
    from totals
),

measured as (
    select
        algorithms.*,
        sizes.size::bigint as size,
        case algorithms.size_measure
            {% for measure, limit in mapping_var('recommender_size_limits').items() %}
            when '{{ measure }}' then {{ limit }}
            {% endfor %}
        end::bigint as size_limit,
        algorithms.size_measure is not null and not judgement.is_possible as is_beyond_judgement
    from algorithms
    cross join judgement
    left join sizes using (size_measure)
)

select
    * exclude (is_beyond_judgement),
    is_beyond_judgement or coalesce(size > size_limit, false) as is_skipped,
    case
        when is_beyond_judgement then 'no liked product is held out to judge it by'
        when size > size_limit
            then replace(size_measure, '_', ' ') || ' ' || size || ' above the limit ' || size_limit
    end as skipped_because
from measured
