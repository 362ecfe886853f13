{%- set n = var('recommendations_per_user') %}
-- The lists that serve, and the champion's lists where it is judged, as they are ranked. Beside each place stands what the steps
-- on variety depend on: how often the product is listed, against the mean of all products, and how much the first products
-- above it in the same list speak for it.
with champions as (
    select * from {{ ref('recommender_champion') }}
),

rankings as (
    select
        rankings.*,
        champions.item_algorithm
    from {{ ref('product_rankings') }} as rankings
    inner join champions using (dataset)
    where rankings.fold = 'serving' or rankings.algorithm = champions.algorithm
),

products as (
    select
        dataset,
        count(*) as products
    from {{ ref('kept_products') }}
    group by dataset
),

-- Where the data are too large for a search, lists stay as they are ranked.
searched as (
    select dataset
    from {{ ref('recommender_candidates') }}
    where size_measure = 'largest_side' and not is_skipped
),

weights as (
    select
        dataset,
        fold,
        algorithm,
        entity_id as product_id,
        neighbour_id,
        weight
    from {{ ref('fitted_weights') }}
    where fold != 'serving' and scorer = 'item_weights'

    union all

    select
        dataset,
        'serving' as fold,
        algorithm,
        product_id,
        neighbour_id,
        weight
    from {{ ref('recommender_item_weights') }}
),

listed as (
    select
        rankings.dataset,
        rankings.fold,
        rankings.product_id,
        count(*) * any_value(products.products) / sum(count(*)) over (
            partition by rankings.dataset, rankings.fold
        ) as times_the_mean
    from rankings
    inner join products using (dataset)
    where rankings.rank <= {{ n }}
    group by rankings.dataset, rankings.fold, rankings.product_id
),

lists as (
    select
        dataset,
        fold,
        user_id,
        (row_number() over (order by dataset, fold, user_id))::integer as list_number
    from rankings
    semi join searched using (dataset)
    where rank = 1
),

places as (
    select
        rankings.*,
        lists.list_number
    from rankings
    inner join lists using (dataset, fold, user_id)
),

likenesses as (
    select
        below.list_number,
        below.rank,
        {{ rounded('sum(weights.weight)') }} as likeness
    from places as above
    inner join weights
        on
            above.dataset = weights.dataset
            and above.fold = weights.fold
            and above.item_algorithm = weights.algorithm
            and above.product_id = weights.neighbour_id
    inner join places as below
        on
            above.list_number = below.list_number
            and above.rank < below.rank
            and weights.product_id = below.product_id
    where above.rank <= {{ n }} and weights.weight > 0
    group by below.list_number, below.rank
),

alike as (
    select
        lists.dataset,
        lists.fold,
        lists.user_id,
        likenesses.rank,
        likenesses.likeness
    from likenesses
    inner join lists using (list_number)
)

select
    rankings.dataset,
    rankings.fold,
    rankings.algorithm,
    rankings.user_id,
    rankings.rank,
    rankings.product_id,
    rankings.score,
    coalesce(listed.times_the_mean, 0) as times_the_mean,
    coalesce(alike.likeness, 0) as likeness
from rankings
left join listed using (dataset, fold, product_id)
left join alike using (dataset, fold, user_id, rank)
