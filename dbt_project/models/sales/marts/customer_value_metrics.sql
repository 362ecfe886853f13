-- How near each method came to what was bought, with 95 % intervals by a bootstrap over customers. What is known of methods that
-- go on was measured when they were fitted.
with fits as (
    select * from {{ ref('fit_customer_values') }}
),

stored as (
    select
        dataset,
        method,
        evaluated_on,
        metric,
        value,
        ci_low,
        ci_high,
        customers,
        is_champion,
        is_baseline
    from {{ source('previous_sales', 'customer_value_metrics') }}
),

kept as (
    select distinct dataset
    from fits
    where outcome in ('scored', 'kept')
),

figures as (
    select * from {{ ref('customer_value_figures') }}
),

spreads as (
    select
        dataset,
        method,
        fold as evaluated_on,
        metric,
        max(figure) filter (where resample = 0) as value,
        1.96 * stddev_samp(figure order by resample) filter (where resample > 0) as half_width,
        max(customers) filter (where resample = 0) as customers
    from figures
    group by dataset, method, fold, metric
)

select stored.*
from stored
semi join kept using (dataset)

union all

select
    spreads.dataset,
    spreads.method,
    spreads.evaluated_on,
    spreads.metric,
    spreads.value,
    {{ rounded('spreads.value - spreads.half_width') }} as ci_low,
    {{ rounded('spreads.value + spreads.half_width') }} as ci_high,
    spreads.customers,
    coalesce(fits.is_champion, false) as is_champion,
    fits.model_name is null as is_baseline
from spreads
left join fits on spreads.dataset = fits.dataset and spreads.method = fits.model_name
order by all
