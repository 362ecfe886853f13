{{ config(post_hook="{{ stop_if_nothing_is_kept() }}") }}

with ratings as (
    select * from {{ ref('recommendation_ratings') }}
),

specs as (
    select * from {{ ref('recommendation_specs') }}
),

folds as (
    select * from {{ ref('recommendation_folds') }}
),

products as (
    select
        ratings.dataset,
        ratings.product_id
    from ratings
    inner join specs using (dataset)
    group by ratings.dataset, ratings.product_id
    having count(*) >= max(specs.min_ratings_per_product)
),

-- Read by both ways of splitting: kept, a hundred million of them ran out of 4 GB.
kept as {{ not_materialized() }} (
    select ratings.*
    from ratings
    semi join products using (dataset, product_id)
),

undated as (
    select kept.*
    from kept
    inner join specs using (dataset)
    where specs.cut_offs is null
),

dated as (
    select kept.*
    from kept
    inner join specs using (dataset)
    where specs.cut_offs is not null
),

-- Where in [0, 1) a rating stands: in the user's own time, or by its key where time is unknown.
placed as (
    select
        *,
        case
            when bool_and(rated_at is not null) over (partition by dataset, user_id)
                then
                    (
                        row_number() over (partition by dataset, user_id order by rated_at, product_id) - 0.5
                    ) / count(*) over (partition by dataset, user_id)
            else {{ md5_share("user_id || '|' || product_id") }}
        end as place
    from undated
),

split_by_share as (
    select
        *,
        case
            when place >= 1 - {{ var('recommender_holdout_share') }} then 'holdout'
            when
                place >= 1 - {{ var('recommender_holdout_share') }}
                - {{ var('recommender_validation_share') }}
                then 'validation'
            else 'train'
        end as split
    from placed
),

cut_offs as (
    select
        dataset,
        {{ ordered_list(struct_of({'fold': 'fold', 'starts_on': 'starts_on'}), 'fold_number') }} as cut_offs
    from folds
    group by dataset
),

split_by_day as (
    select
        dated.*,
        coalesce({{ fold_of_day('dated.rated_at', 'cut_offs.cut_offs') }}, 'train') as split
    from dated
    inner join cut_offs using (dataset)
)

select
    dataset,
    user_id,
    product_id,
    product_name,
    rating,
    rated_at,
    split
from split_by_share

union all

-- What somebody bought more than once between two cut-offs is one row, of the last time.
select
    dataset,
    user_id,
    product_id,
    max_by(product_name, (coalesce(rated_at, timestamp '0001-01-01'), product_name))
    filter (where product_name is not null) as product_name,
    max(rating) as rating,
    max(rated_at) as rated_at,
    split
from split_by_day
group by dataset, user_id, product_id, split
