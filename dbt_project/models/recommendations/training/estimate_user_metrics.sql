-- One row per judged user, algorithm, fold and depth: the parts of the rated-items figures.
with estimates as (
    select * from {{ ref('rating_estimates') }}
),

ranked as (
    select
        *,
        rating >= {{ var('recommender_relevant_rating') }} as is_relevant,
        row_number() over (
            partition by fold, algorithm, user_number
            order by estimate desc, product_number asc
        ) as rank
    from estimates
),

judged as (
    select
        ranked.*,
        depths.k,
        ranked.estimate >= {{ var('recommender_relevant_rating') }} and ranked.rank <= depths.k as is_recommended
    from ranked
    cross join unnest({{ var('recommender_estimate_depths') }}) as depths (k)
)

select
    fold,
    algorithm,
    user_number,
    k,
    count(*) as ratings,
    sum(pow(estimate - rating, 2)) as squared_error,
    sum(abs(estimate - rating)) as absolute_error,
    coalesce(
        count(*) filter (where is_relevant and is_recommended) / nullif(count(*) filter (where is_recommended), 0), 0
    ) as precision,
    coalesce(
        count(*) filter (where is_relevant and is_recommended) / nullif(count(*) filter (where is_relevant), 0), 0
    ) as recall
from judged
group by fold, algorithm, user_number, k
