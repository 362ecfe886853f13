-- One row per user with a relevant held-out product, algorithm, fold and depth.
with scored_rankings as (
    select * from {{ ref('product_rankings') }}
    where fold != 'serving' and rank <= {{ ranking_depth() }}
),

baseline_rankings as (
    select * from {{ ref('baseline_rankings') }}
),

served_rankings as (
    select * replace ('as_served' as algorithm)
    from {{ ref('served_rankings') }}
    where fold != 'serving'
),

rankings as (
    select * from scored_rankings
    union all
    select * from baseline_rankings
    union all by name
    select * from served_rankings
),

specs as (
    select * from {{ ref('recommendation_specs') }}
),

targets as (
    select * from {{ ref('fold_ratings') }}
    where role = 'target'
),

relevant as (
    select targets.*
    from targets
    inner join specs using (dataset)
    where targets.rating >= specs.relevant_rating
),

popularity as (
    select * from {{ ref('product_popularity') }}
),

judged_users as (
    select
        dataset,
        fold,
        user_id,
        count(*) as n_relevant
    from relevant
    group by dataset, fold, user_id
),

-- The gain of an ideal ranking by its length.
ideal_gains as (
    select
        length,
        sum(1 / log2(length + 1)) over (order by length) as ideal_gain
    from unnest(range(1, {{ ranking_depth() }} + 1)) as lengths (length)
),

judged as (
    select
        rankings.dataset,
        rankings.fold,
        rankings.algorithm,
        rankings.user_id,
        rankings.rank,
        relevant.product_id is not null as is_hit,
        count(relevant.product_id) over (
            partition by rankings.dataset, rankings.fold, rankings.algorithm, rankings.user_id order by rankings.rank
        ) as hits_so_far,
        -log2(greatest(popularity.ratings, 1) / popularity.users) as surprise
    from rankings
    inner join popularity using (dataset, fold, product_id)
    left join relevant using (dataset, fold, user_id, product_id)
),

algorithms as (
    select distinct
        dataset,
        fold,
        algorithm
    from rankings
),

-- Every judged user counts for every algorithm, also where it ranks nothing for them.
cases as (
    select
        judged_users.*,
        algorithms.algorithm,
        depths.k,
        ideal_gains.ideal_gain
    from judged_users
    inner join algorithms using (dataset, fold)
    cross join unnest({{ var('recommender_ranking_depths') }}) as depths (k)
    inner join ideal_gains on least(depths.k, judged_users.n_relevant) = ideal_gains.length
)

select
    cases.dataset,
    cases.fold,
    cases.algorithm,
    cases.user_id,
    cases.k,
    coalesce(sum(1 / log2(judged.rank + 1)) filter (where judged.is_hit), 0) / any_value(cases.ideal_gain) as ndcg,
    count(*) filter (where judged.is_hit) / any_value(cases.n_relevant) as recall,
    count(*) filter (where judged.is_hit) / cases.k as precision,
    coalesce(sum(judged.hits_so_far / judged.rank) filter (where judged.is_hit), 0)
    / any_value(least(cases.k, cases.n_relevant)) as map,
    coalesce(bool_or(judged.is_hit), false)::integer as hit_rate,
    coalesce(max(1 / judged.rank) filter (where judged.is_hit), 0) as mrr,
    coalesce(avg(judged.surprise), 0) as novelty
from cases
left join judged
    on
        cases.dataset = judged.dataset
        and cases.fold = judged.fold
        and cases.algorithm = judged.algorithm
        and cases.user_id = judged.user_id
        and cases.k >= judged.rank
group by cases.dataset, cases.fold, cases.algorithm, cases.user_id, cases.k
