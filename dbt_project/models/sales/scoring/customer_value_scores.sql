{#- What `known` lists, in its order. -#}
{%- set features = list_of([
    "'order_days'", "'order_days_90d'", "'order_months'", "'units'", "'recency_days'", "'tenure_days'", "'expected_order_value'",
    "'purchase_probability'"
]) -%}
-- What each method expects of a customer in the 90 days after the day of a fold: the champion where it serves, and every method
-- and baseline where they are judged.
with fits as (
    select * from {{ ref('fit_customer_values') }}
),

sales_days as (
    select * from {{ ref('sales_days') }}
),

parameters as (
    select * from {{ ref('customer_value_parameters') }}
),

-- By name, so that a stored model goes on with its own features.
regressions as (
    select
        parameters.dataset,
        parameters.fold,
        max(parameters.value) filter (where parameters.parameter = 'intercept') as intercept,
        {{ ordered_list(
            'array_position(' ~ features ~ ', parameters.parameter)', 'parameters.parameter', "parameters.parameter != 'intercept'"
        ) }} as places,
        {{ ordered_list('parameters.value', 'parameters.parameter', "parameters.parameter != 'intercept'") }} as coefficients
    from parameters
    inner join fits on parameters.dataset = fits.dataset and parameters.method = fits.model_name
    where parameters.method = 'tweedie_regression' and (fits.is_champion or parameters.fold != 'serving')
    group by parameters.dataset, parameters.fold
),

customers as (
    select
        expectations.*,
        snapshots.order_days,
        snapshots.order_days_90d,
        snapshots.order_months,
        snapshots.units,
        snapshots.recency_days,
        snapshots.tenure_days,
        snapshots.net_amount,
        snapshots.net_amount_90d,
        snapshots.next_amount
    from {{ ref('purchase_expectations') }} as expectations
    inner join {{ ref('customer_snapshots') }} as snapshots
        on
            expectations.dataset = snapshots.dataset
            and expectations.customer_id = snapshots.customer_id
            and {{ days_before_of('expectations.fold') }} = snapshots.days_before
),

known as (
    select
        dataset,
        fold,
        customer_id,
        purchase_probability_90d as purchase_probability,
        next_amount,
        {{ list_of([
            'order_days::double', 'order_days_90d::double', 'order_months::double', 'units::double', 'recency_days::double',
            'tenure_days::double', 'expected_order_value', 'purchase_probability_90d'
        ]) }} as feature_values
    from customers
)

select
    known.dataset,
    known.fold,
    'tweedie_regression' as method,
    known.customer_id,
    known.purchase_probability,
    exp(
        regressions.intercept + {{ log_linear_sum('regressions.coefficients', 'regressions.places', 'known.feature_values') }}
    ) as expected_value,
    known.next_amount
from known
inner join regressions using (dataset, fold)

union all

select
    dataset,
    fold,
    'bgnbd_gamma_gamma' as method,
    customer_id,
    purchase_probability_90d as purchase_probability,
    expected_orders_90d * expected_order_value as expected_value,
    next_amount
from customers

union all

select
    dataset,
    fold,
    'last_period' as method,
    customer_id,
    null::double as purchase_probability,
    net_amount_90d as expected_value,
    next_amount
from customers
where fold != 'serving'

union all

select
    customers.dataset,
    customers.fold,
    'spend_so_far' as method,
    customers.customer_id,
    null::double as purchase_probability,
    (customers.net_amount * 90)::double / {{ days_between('sales_days.first_day', 'customers.day') }} as expected_value,
    customers.next_amount
from customers
inner join sales_days using (dataset)
where customers.fold != 'serving'
