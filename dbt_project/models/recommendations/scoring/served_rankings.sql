{%- set n = var('recommendations_per_user') %}
-- What everybody is served: of the longer lists the best places, after scores are divided by a power of how often a product
-- stands in the lists of all.
with rankings as (
    select * from {{ ref('product_rankings') }}
    where fold = 'serving'
),

chosen as (
    select * from {{ ref('recommender_diversity') }}
    where is_chosen and evaluated_on = 'serving'
),

products as (
    select
        dataset,
        count(*) as products
    from {{ ref('kept_products') }}
    group by dataset
),

shown as (
    select
        rankings.dataset,
        rankings.product_id,
        count(*) * any_value(products.products) / sum(count(*)) over (partition by rankings.dataset) as times_the_mean
    from rankings
    inner join products using (dataset)
    where rankings.rank <= {{ n }}
    group by rankings.dataset, rankings.product_id
),

diversified as (
    select
        rankings.*,
        {{ rounded(diversified(
            'rankings.score', 'coalesce(shown.times_the_mean, 0)', 'coalesce(chosen.diversity, 0)'
        )) }} as diversified_score
    from rankings
    left join shown using (dataset, product_id)
    left join chosen using (dataset)
),

placed as (
    select
        *,
        row_number() over (partition by dataset, user_id order by diversified_score desc, rank asc) as place
    from diversified
)

select
    dataset,
    user_id,
    algorithm,
    place::integer as rank,
    product_id,
    diversified_score as score
from placed
where place <= {{ n }}
