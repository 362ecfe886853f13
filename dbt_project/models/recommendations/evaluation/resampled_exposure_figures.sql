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

catalogue as (
    select
        dataset,
        count(*) as products
    from {{ ref('kept_products') }}
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

exposures_by_step as (
    select
        steps.dataset,
        steps.part,
        steps.algorithm,
        resamples.resample,
        steps.product_id,
        steps.step,
        sum(resamples.times) as exposure
    from steps
    inner join resamples using (dataset, user_id)
    group by steps.dataset, steps.part, steps.algorithm, resamples.resample, steps.product_id, steps.step
),

exposures as (
    select
        by_step.dataset,
        by_step.part,
        by_step.algorithm,
        by_step.resample,
        by_step.product_id,
        depths.k,
        sum(by_step.exposure) as exposure
    from exposures_by_step as by_step
    inner join unnest({{ var('recommender_ranking_depths') }}) as depths (k) on by_step.step <= depths.k
    group by by_step.dataset, by_step.part, by_step.algorithm, by_step.resample, by_step.product_id, depths.k
),

ordered as (
    select
        exposures.*,
        catalogue.products,
        count(*) over listing as shown,
        row_number() over (listing order by exposures.exposure) as place
    from exposures
    inner join catalogue using (dataset)
    window listing as (partition by exposures.dataset, exposures.part, exposures.algorithm, exposures.k, exposures.resample)
),

-- Products that nobody is shown come first in the order of exposure.
figures as (
    select
        dataset,
        part,
        algorithm,
        k,
        resample,
        any_value(shown) / any_value(products) as coverage,
        sum((2 * (products - shown + place) - products - 1) * exposure) / (any_value(products) * sum(exposure)) as gini
    from ordered
    group by dataset, part, algorithm, k, resample
)

select
    dataset,
    'full_catalogue' as protocol,
    part,
    algorithm,
    resample,
    unnest(['coverage', 'gini']) as metric,
    k,
    unnest([{{ rounded('coverage') }}, {{ rounded('gini') }}]) as figure
from figures
