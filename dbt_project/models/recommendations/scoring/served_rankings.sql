{%- set n = var('recommendations_per_user') | int(0) %}
{%- set by_score = n - (n * var('recommender_new_product_share') | float(0)) | round | int %}
-- What everybody is served, and what the judged users would have been served: of the longer lists the best, after scores are
-- divided for variety. The last places may be kept for products that few have.
with rankings as (
    select * from {{ ref('champion_rankings') }}
),

powers as (
    select * from {{ ref('recommender_diversity') }}
    where is_chosen and evaluated_on = 'serving'
),

popularity as (
    select * from {{ ref('product_popularity') }}
),

varied as (
    select
        rankings.*,
        popularity.ratings < {{ var('recommender_new_product_ratings') }} as is_new,
        {{ rounded(varied(
            'rankings.score',
            'rankings.times_the_mean', 'coalesce(powers.diversity, 0)',
            'rankings.likeness', 'coalesce(powers.likeness_power, 0)'
        )) }} as varied_score
    from rankings
    inner join popularity using (dataset, fold, product_id)
    left join powers using (dataset)
),

numbered as (
    select
        *,
        row_number() over (
            partition by dataset, fold, user_id order by varied_score desc, rank asc
        ) <= {{ by_score }} as is_placed_by_score
    from varied
),

placed as (
    select
        *,
        row_number() over (
            partition by dataset, fold, user_id
            order by is_placed_by_score desc, not is_placed_by_score and is_new desc, varied_score desc, rank asc
        ) as place
    from numbered
)

select
    dataset,
    fold,
    user_id,
    algorithm,
    place::integer as rank,
    product_id,
    varied_score as score
from placed
where place <= {{ n }}
