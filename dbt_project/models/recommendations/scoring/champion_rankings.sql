{%- set n = var('recommendations_per_user') %}
-- The lists that serve, and the champion's lists where it is judged, as they are ranked. Beside each place stands what the steps
-- on variety depend on: how often the product is listed, against the mean of all products, and how much the first products
-- above it in the same list speak for it.
with champions as (
    select * from {{ ref('recommender_champion') }}
),

rankings as (
    select rankings.*
    from {{ ref('product_rankings') }} as rankings
    inner join champions using (dataset)
    where rankings.fold = 'serving' or rankings.algorithm = champions.algorithm
),

products as (
    select
        dataset,
        product_id,
        count(*) over (partition by dataset) as products,
        (row_number() over (order by dataset, product_id))::integer as product_number
    from {{ ref('kept_products') }}
),

folds as (
    select
        dataset,
        fold,
        fold_number
    from {{ ref('recommendation_folds') }}
),

-- Where the data are too large for a search, lists stay as they are ranked.
searched as (
    select dataset
    from {{ ref('recommender_candidates') }}
    where size_measure = 'largest_side' and not is_skipped
),

stored_weights as (
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
    inner join products using (dataset, product_id)
    where rankings.rank <= {{ n }}
    group by rankings.dataset, rankings.fold, rankings.product_id
),

-- Numbers in place of keys: lists are compared place by place, for which keys take ten times as long.
lists as (
    select
        rankings.dataset,
        rankings.fold,
        rankings.user_id,
        (row_number() over (order by rankings.dataset, rankings.fold, rankings.user_id))::integer as list_number
    from rankings
    semi join searched using (dataset)
    where rankings.rank = 1
),

places as (
    select
        lists.list_number,
        folds.fold_number,
        rankings.rank,
        products.product_number
    from rankings
    inner join lists using (dataset, fold, user_id)
    inner join folds using (dataset, fold)
    inner join products using (dataset, product_id)
),

weights as (
    select
        folds.fold_number,
        products.product_number,
        neighbours.product_number as neighbour_number,
        stored_weights.weight
    from stored_weights
    semi join champions
        on
            stored_weights.dataset = champions.dataset
            and stored_weights.algorithm = champions.item_algorithm
    inner join folds using (dataset, fold)
    inner join products using (dataset, product_id)
    inner join products as neighbours
        on
            stored_weights.dataset = neighbours.dataset
            and stored_weights.neighbour_id = neighbours.product_id
    where stored_weights.weight > 0
),

-- Kept, because DuckDB would count all pairs of places before it looks up what they weigh.
pairs as {{ materialized() }} (
    select
        below.list_number,
        below.rank,
        weights.weight
    from places as below
    inner join places as above
        on
            below.list_number = above.list_number
            and below.rank > above.rank
    inner join weights
        on
            below.fold_number = weights.fold_number
            and below.product_number = weights.product_number
            and above.product_number = weights.neighbour_number
    where above.rank <= {{ n }}
),

likenesses as (
    select
        list_number,
        rank,
        {{ rounded('sum(weight)') }} as likeness
    from pairs
    group by list_number, rank
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
