-- Every figure with its 95 % bootstrap interval over users.
with user_figures as (
    select * from {{ ref('resampled_user_figures') }}
),

exposure_figures as (
    select * from {{ ref('resampled_exposure_figures') }}
),

user_intervals as (
    select
        protocol,
        fold,
        algorithm,
        metric,
        k,
        max(figure) filter (where resample = 0) as value,
        quantile_cont(figure, 0.025) filter (where resample > 0) as ci_low,
        quantile_cont(figure, 0.975) filter (where resample > 0) as ci_high
    from user_figures
    group by protocol, fold, algorithm, metric, k
),

-- A resample holds fewer different users than the sample, so that its coverage is too low and its
-- Gini too high: the spread of the resamples is laid around the value.
exposure_intervals as (
    select
        protocol,
        fold,
        algorithm,
        metric,
        k,
        max(figure) filter (where resample = 0) as value,
        value + quantile_cont(figure, 0.025) filter (where resample > 0)
        - avg(figure) filter (where resample > 0) as ci_low,
        value + quantile_cont(figure, 0.975) filter (where resample > 0)
        - avg(figure) filter (where resample > 0) as ci_high
    from exposure_figures
    group by protocol, fold, algorithm, metric, k
),

intervals as (
    select * from user_intervals
    union all
    select * from exposure_intervals
)

select
    algorithm,
    protocol,
    fold as evaluated_on,
    metric,
    k,
    value,
    {{ rounded('coalesce(least(ci_low, value), value)') }} as ci_low,
    {{ rounded('coalesce(greatest(ci_high, value), value)') }} as ci_high
from intervals
