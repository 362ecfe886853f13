-- Every figure with its 95 % interval by a bootstrap over users, taken as normal. Resamples hold the same users for every
-- algorithm, so that the difference from the champion is paired.
with user_figures as (
    select * from {{ ref('resampled_user_figures') }}
),

exposure_figures as (
    select * from {{ ref('resampled_exposure_figures') }}
),

algorithms as (
    select * from {{ ref('recommender_algorithms') }}
),

champions as (
    select * from {{ ref('recommender_champion') }}
),

fits as (
    select * from {{ ref('fit_recommenders') }}
),

stored as (
    select
        dataset,
        algorithm,
        protocol,
        evaluated_on,
        metric,
        k,
        value,
        ci_low,
        ci_high,
        difference,
        difference_low,
        difference_high,
        is_baseline,
        is_champion,
        is_servable
    from {{ source('previous_recommendations', 'recommender_metrics') }}
),

kept as (
    select distinct dataset
    from fits
    where outcome in ('scored', 'kept')
),

figures as (
    select * from user_figures
    union all
    select * from exposure_figures
),

compared as (
    select
        figures.*,
        figures.figure - max(figures.figure) filter (where figures.algorithm = champions.algorithm) over (
            partition by
                figures.dataset, figures.protocol, figures.part, figures.metric, figures.k, figures.resample
        ) as difference
    from figures
    left join champions using (dataset)
),

-- The spread of the resamples is laid around the value, for a resample holds fewer different users
-- than the sample, so that its coverage is too low and its Gini too high.
spreads as (
    select
        dataset,
        protocol,
        part,
        algorithm,
        metric,
        k,
        max(figure) filter (where resample = 0) as value,
        coalesce(1.96 * stddev_samp(figure order by resample) filter (where resample > 0), 0) as half_width,
        max(difference) filter (where resample = 0) as difference,
        coalesce(1.96 * stddev_samp(difference order by resample) filter (where resample > 0), 0) as difference_half_width
    from compared
    group by dataset, protocol, part, algorithm, metric, k
)

-- What is known of the models that serve was measured when they were fitted.
select stored.*
from stored
semi join kept using (dataset)

union all

select
    spreads.dataset,
    spreads.algorithm,
    spreads.protocol,
    spreads.part as evaluated_on,
    spreads.metric,
    spreads.k::integer as k,
    spreads.value,
    {{ rounded('greatest(spreads.value - spreads.half_width, 0)') }} as ci_low,
    {{ rounded('spreads.value + spreads.half_width') }} as ci_high,
    {{ rounded('spreads.difference') }} as difference,
    {{ rounded('spreads.difference - spreads.difference_half_width') }} as difference_low,
    {{ rounded('spreads.difference + spreads.difference_half_width') }} as difference_high,
    algorithms.is_baseline,
    coalesce(spreads.algorithm = champions.algorithm, false) as is_champion,
    algorithms.is_servable
from spreads
inner join algorithms using (algorithm)
left join champions using (dataset)
-- Nobody is served more places than these.
where algorithms.scorer != 'steps' or spreads.k <= {{ var('recommendations_per_user') }}
order by all
