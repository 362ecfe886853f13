-- One row per judged user, algorithm, fold and depth: the parts of the rated-items figures.
with estimates as (
    select * from {{ ref('rating_estimates') }}
),

specs as (
    select * from {{ ref('recommendation_specs') }}
),

ranked as (
    select
        estimates.*,
        specs.relevant_rating,
        estimates.rating >= specs.relevant_rating as is_relevant,
        row_number() over (
            partition by estimates.dataset, estimates.fold, estimates.algorithm, estimates.user_id
            order by estimates.estimate desc, estimates.product_id asc
        ) as rank
    from estimates
    inner join specs using (dataset)
),

judged as (
    select
        ranked.*,
        depths.k,
        ranked.estimate >= ranked.relevant_rating and ranked.rank <= depths.k as is_recommended
    from ranked
    cross join unnest({{ var('recommender_estimate_depths') }}) as depths (k)
)

select
    dataset,
    fold,
    algorithm,
    user_id,
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
group by dataset, fold, algorithm, user_id, k
