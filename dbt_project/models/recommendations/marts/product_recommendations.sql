with users as (
    select * from {{ ref('served_users') }}
),

products as (
    select * from {{ ref('kept_products') }}
),

served as (
    select * from {{ ref('served_rankings') }}
),

fill as (
    select * from {{ ref('popular_fill') }}
),

reasons as (
    select * from {{ ref('recommendation_reasons_by_product') }}
),

wordings as (
    select * from {{ ref('recommendation_reasons') }}
),

runs as (
    select * from {{ ref('recommendations_model_runs') }}
),

offered as (
    select
        users.user_id,
        served.user_number,
        served.product_number,
        served.score,
        served.rank,
        1 as rung,
        users.source,
        served.algorithm,
        case when reasons.because_of is null then 'similar_users' else 'rated_product' end as basis,
        reasons.because_of,
        reasons.rating,
        null as ratings
    from served
    inner join users using (user_number)
    left join reasons using (user_number, product_number)

    union all

    select
        users.user_id,
        fill.user_number,
        fill.product_number,
        fill.ratings as score,
        fill.rank,
        2 as rung,
        'popular' as source,
        'popularity_count' as algorithm,
        'popular' as basis,
        null as because_of,
        null as rating,
        fill.ratings
    from fill
    inner join users using (user_number)
),

ranked as (
    select
        *,
        row_number() over (partition by user_number order by rung, rank) as place
    from offered
)

select
    ranked.user_id,
    ranked.place::integer as rank,
    products.product_id,
    ranked.score::double as score,
    ranked.source,
    ranked.algorithm,
    replace(
        replace(
            replace(wordings.wording, '{product}', coalesce(ranked.because_of, '')),
            '{rating}', coalesce(regexp_replace(ranked.rating::varchar, '\.0$', ''), '')
        ),
        '{ratings}', coalesce(ranked.ratings::varchar, '')
    ) as reason,
    runs.model_run_id
from ranked
inner join products using (product_number)
inner join wordings using (basis)
left join runs on ranked.algorithm = runs.model_name
where ranked.place <= {{ var('recommendations_per_user') }}
order by ranked.user_id, rank
