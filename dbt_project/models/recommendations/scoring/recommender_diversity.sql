{{ config(schema='recommendations') }}
{%- set n = var('recommendations_per_user') %}

-- What it costs to show more of the products. Scores are divided by a power of how often a product stands in everybody's
-- lists; the smallest power with which the served lists reach the coverage that is wanted is chosen.
with rankings as (
    select * from {{ ref('champion_rankings') }}
),

fits as (
    select * from {{ ref('fit_recommenders') }}
),

folds as (
    select * from {{ ref('recommendation_folds') }}
),

products as (
    select
        dataset,
        count(*) as products
    from {{ ref('kept_products') }}
    group by dataset
),

targets as (
    select ratings.*
    from {{ ref('fold_ratings') }} as ratings
    inner join {{ ref('recommendation_specs') }} as specs using (dataset)
    where ratings.role = 'target' and ratings.rating >= specs.relevant_rating
),

-- Where the data are too large for a search, lists stay as they are ranked.
searched as (
    select dataset
    from {{ ref('recommender_candidates') }}
    where size_measure = 'largest_side' and not is_skipped
),

stored as (
    select
        dataset,
        diversity,
        evaluated_on,
        ndcg,
        coverage,
        is_chosen,
        likeness_power
    from {{ source('previous_recommendations', 'recommender_diversity') }}
),

kept as (
    select distinct dataset
    from fits
    where outcome in ('scored', 'kept')
),

varied as (
    select
        rankings.dataset,
        rankings.fold,
        rankings.user_id,
        rankings.rank,
        powers.diversity,
        {{ varied(
            'rankings.score',
            'rankings.times_the_mean', 'powers.diversity',
            'rankings.likeness', var('recommender_likeness_power')
        ) }} as score
    from rankings
    anti join kept on rankings.dataset = kept.dataset
    inner join unnest({{ list_var('recommender_diversities') }}::double[]) as powers (diversity)
        on powers.diversity = 0 or rankings.dataset in (select searched.dataset from searched)
),

best as (
    select
        dataset,
        fold,
        user_id,
        diversity,
        {{ largest(ranking_key('score', 'rank'), n) }} as best
    from varied
    group by dataset, fold, user_id, diversity
),

places as (
    select
        dataset,
        fold,
        user_id,
        diversity,
        generate_subscripts(best, 1) as place,
        {{ number_of_key('unnest(best)') }} as rank
    from best
),

listed as (
    select
        places.*,
        folds.part,
        rankings.product_id
    from places
    inner join rankings using (dataset, fold, user_id, rank)
    inner join folds using (dataset, fold)
),

coverages as (
    select
        listed.dataset,
        listed.diversity,
        listed.part,
        count(distinct listed.product_id) / any_value(products.products) as coverage
    from listed
    inner join products using (dataset)
    group by listed.dataset, listed.diversity, listed.part
),

ideal_gains as (
    select
        length,
        sum(1 / log2(length + 1)) over (order by length) as ideal_gain
    from unnest(range(1, {{ n }} + 1)) as lengths (length)
),

judged as (
    select
        targets.dataset,
        targets.fold,
        targets.user_id,
        folds.part,
        least(count(*), {{ n }}) as length
    from targets
    inner join folds using (dataset, fold)
    group by targets.dataset, targets.fold, targets.user_id, folds.part
),

gains as (
    select
        listed.dataset,
        listed.diversity,
        listed.fold,
        listed.user_id,
        sum(1 / log2(listed.place + 1)) as gain
    from listed
    semi join targets using (dataset, fold, user_id, product_id)
    group by listed.dataset, listed.diversity, listed.fold, listed.user_id
),

ndcgs as (
    select
        judged.dataset,
        coverages.diversity,
        judged.part,
        {{ exact_avg('coalesce(gains.gain, 0) / ideal_gains.ideal_gain') }} as ndcg
    from judged
    inner join ideal_gains using (length)
    inner join coverages using (dataset, part)
    left join gains
        on
            judged.dataset = gains.dataset
            and judged.fold = gains.fold
            and judged.user_id = gains.user_id
            and coverages.diversity = gains.diversity
    group by judged.dataset, coverages.diversity, judged.part
),

enough as (
    select
        dataset,
        coalesce(
            min(diversity) filter (where coverage >= {{ var('recommender_min_coverage') }}), max(diversity)
        ) as smallest
    from coverages
    where part = 'serving'
    group by dataset
)

select stored.*
from stored
semi join kept using (dataset)

union all

select
    coverages.dataset,
    coverages.diversity,
    coverages.part as evaluated_on,
    {{ rounded('ndcgs.ndcg') }} as ndcg,
    {{ rounded('coverages.coverage') }} as coverage,
    coverages.diversity = enough.smallest as is_chosen,
    {{ var('recommender_likeness_power') }}::double as likeness_power
from coverages
inner join enough using (dataset)
left join ndcgs using (dataset, diversity, part)
order by dataset, diversity, evaluated_on
