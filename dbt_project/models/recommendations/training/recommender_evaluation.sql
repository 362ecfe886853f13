-- Every figure with its 95 % interval by a bootstrap over users, taken as normal.
with user_figures as (
    select * from {{ ref('resampled_user_figures') }}
),

exposure_figures as (
    select * from {{ ref('resampled_exposure_figures') }}
),

figures as (
    select * from user_figures
    union all
    select * from exposure_figures
),

-- The spread of the resamples is laid around the value, for a resample holds fewer different users
-- than the sample, so that its coverage is too low and its Gini too high.
spreads as (
    select
        protocol,
        fold,
        algorithm,
        metric,
        k,
        max(figure) filter (where resample = 0) as value,
        coalesce(1.96 * stddev_samp(figure) filter (where resample > 0), 0) as half_width
    from figures
    group by protocol, fold, algorithm, metric, k
)

select
    algorithm,
    protocol,
    fold as evaluated_on,
    metric,
    k,
    value,
    {{ rounded('greatest(value - half_width, 0)') }} as ci_low,
    {{ rounded('value + half_width') }} as ci_high
from spreads
