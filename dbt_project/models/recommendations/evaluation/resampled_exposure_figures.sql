-- Coverage and Gini of how often each product is recommended, in every resample of users.
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

resamples as (
    select * from {{ ref('resampled_users') }}
    where resample <= {{ var('recommender_exposure_resamples') }}
),

products as (
    select
        dataset,
        product_id,
        (row_number() over (order by dataset, product_id))::integer as product_number
    from {{ ref('kept_products') }}
),

catalogues as (
    select
        dataset,
        count(*) as products
    from products
    group by dataset
),

folds as (
    select * from {{ ref('recommendation_folds') }}
),

-- Places by the shallowest depth that they count for.
steps as (
    select
        rankings.dataset,
        folds.part,
        rankings.algorithm,
        rankings.product_id,
        rankings.user_id,
        min(depths.k) as step
    from rankings
    inner join folds using (dataset, fold)
    inner join unnest({{ var('recommender_ranking_depths') }}) as depths (k) on rankings.rank <= depths.k
    group by rankings.dataset, folds.part, rankings.fold, rankings.algorithm, rankings.product_id, rankings.user_id
),

listings as (
    select
        steps.dataset,
        steps.part,
        steps.algorithm,
        catalogues.products,
        (row_number() over (order by steps.dataset, steps.part, steps.algorithm))::integer as listing_number
    from steps
    inner join catalogues using (dataset)
    group by steps.dataset, steps.part, steps.algorithm, catalogues.products
),

-- Numbers in place of keys: a place is counted once per resample, for which keys take half as long again. Kept, because DuckDB would
-- look up the numbers after that.
numbered_steps as {{ materialized() }} (
    select
        listings.listing_number,
        products.product_number,
        steps.dataset,
        steps.user_id,
        steps.step
    from steps
    inner join listings using (dataset, part, algorithm)
    inner join products using (dataset, product_id)
),

exposures_by_step as (
    select
        steps.listing_number,
        resamples.resample,
        steps.product_number,
        steps.step,
        sum(resamples.times)::bigint as exposure
    from numbered_steps as steps
    inner join resamples using (dataset, user_id)
    group by steps.listing_number, resamples.resample, steps.product_number, steps.step
),

exposures as (
    select
        by_step.listing_number,
        by_step.resample,
        by_step.product_number,
        depths.k,
        sum(by_step.exposure)::bigint as exposure
    from exposures_by_step as by_step
    inner join unnest({{ var('recommender_ranking_depths') }}) as depths (k) on by_step.step <= depths.k
    group by by_step.listing_number, by_step.resample, by_step.product_number, depths.k
),

ordered as (
    select
        exposures.*,
        listings.products,
        count(*) over listing as shown,
        row_number() over (listing order by exposures.exposure) as place
    from exposures
    inner join listings using (listing_number)
    window listing as (partition by exposures.listing_number, exposures.k, exposures.resample)
),

-- Products that nobody is shown come first in the order of exposure.
figures as (
    select
        listing_number,
        k,
        resample,
        any_value(shown) / any_value(products) as coverage,
        sum((2 * (products - shown + place) - products - 1) * exposure) / (any_value(products) * sum(exposure)) as gini
    from ordered
    group by listing_number, k, resample
)

select
    listings.dataset,
    'full_catalogue' as protocol,
    listings.part,
    listings.algorithm,
    figures.resample,
    unnest(['coverage', 'gini']) as metric,
    figures.k,
    unnest([{{ rounded('figures.coverage') }}, {{ rounded('figures.gini') }}]) as figure
from figures
inner join listings using (listing_number)
