-- What each customer with a segment would have found in its lists, of which he sees what is new to him: the places of what he
-- then bought. Who then bought nothing new is not judged.
with ratings as (
    select * from {{ ref('fold_ratings') }}
    where fold = 'holdout'
),

segments as (
    select * from {{ ref('fold_segments') }}
    where fold = 'holdout'
),

rankings as (
    select * from {{ ref('segment_product_rankings') }}
    where fold = 'holdout'
),

targets as (
    select ratings.*
    from ratings
    inner join {{ ref('recommendation_specs') }} as specs using (dataset)
    where ratings.role = 'target' and ratings.rating >= specs.relevant_rating
),

judged as (
    select
        segments.dataset,
        segments.segment_id,
        segments.user_id,
        count(*) as relevant
    from segments
    inner join targets using (dataset, user_id)
    group by segments.dataset, segments.segment_id, segments.user_id
),

shown as (
    select
        judged.dataset,
        judged.user_id,
        rankings.method,
        rankings.product_id,
        row_number() over (
            partition by judged.dataset, judged.user_id, rankings.method order by rankings.rank
        ) as rank
    from judged
    inner join rankings using (dataset, segment_id)
    anti join ratings as known
        on
            known.role = 'history'
            and judged.dataset = known.dataset
            and judged.user_id = known.user_id
            and rankings.product_id = known.product_id
),

found as (
    select
        shown.dataset,
        shown.user_id,
        shown.method,
        list(shown.rank) as places
    from shown
    semi join targets using (dataset, user_id, product_id)
    group by shown.dataset, shown.user_id, shown.method
),

methods as (
    select distinct
        dataset,
        method
    from rankings
)

select
    judged.dataset,
    methods.method,
    judged.user_id,
    judged.relevant,
    coalesce(found.places, []) as places
from judged
inner join methods using (dataset)
left join found using (dataset, user_id, method)
