-- The best unseen products of everybody who is ranked for. A blend adds up the lists of its parts, each divided by its
-- norm, because scores of different parts have different units. Lists are as long as they are judged; those of who serves
-- are longer, so that a diversity step can choose from them.
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

champions as (
    select * from {{ ref('recommender_champion') }}
),

component_rankings as (
    select * from {{ ref('component_rankings') }}
),

of_one as (
    select
        lists.list_number,
        ranked.rank,
        ranked.product_id,
        ranked.score
    from lists
    inner join component_rankings as ranked using (dataset, fold, algorithm, user_id)
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
    where ranked.score > 0
    group by lists.list_number, ranked.product_id
),

of_blends as (
    select
        list_number,
        row_number() over (partition by list_number order by score desc, product_id asc) as rank,
        product_id,
        score
    from blended
    qualify rank <= {{ list_depth() }}
),

ranked as (
    select * from of_one
    union all
    select * from of_blends
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
left join champions using (dataset)
where ranked.rank <= {{ ranking_depth() }} or lists.fold = 'serving' or lists.algorithm = champions.algorithm
