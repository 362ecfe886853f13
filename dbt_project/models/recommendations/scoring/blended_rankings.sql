-- The best unseen products by every blend: the lists of its parts, each divided by its norm, because scores of different parts
-- have different units, and added up.
with lists as (
    select
        *,
        (row_number() over (order by dataset, fold, algorithm, user_id))::integer as list_number
    from {{ ref('ranked_users') }}
    where algorithm is not null
),

blends as (
    select * from {{ ref('recommender_blends') }}
),

component_rankings as (
    select * from {{ ref('component_rankings') }}
    where score > 0
),

blended as (
    select
        lists.list_number,
        ranked.product_id,
        {{ rounded('sum(blends.weight * ranked.score / ranked.norm)') }} as score
    from lists
    inner join blends using (dataset, algorithm)
    inner join component_rankings as ranked
        on
            lists.dataset = ranked.dataset
            and lists.fold = ranked.fold
            and lists.user_id = ranked.user_id
            and blends.part = ranked.algorithm
    group by lists.list_number, ranked.product_id
),

ranked as (
    select
        *,
        row_number() over (partition by list_number order by score desc, product_id asc) as rank
    from blended
    qualify rank <= {{ list_depth() }}
)

select
    lists.dataset,
    lists.fold,
    lists.algorithm,
    lists.user_id,
    ranked.rank::integer as rank,
    ranked.product_id,
    ranked.score
from ranked
inner join lists using (list_number)
