-- What each method expects of a customer in the 90 days after the day of a fold: the champion where it serves, and every method
-- and baseline where they are judged.
with fits as (
    select * from {{ ref('fit_customer_values') }}
),

parameters as (
    select
        dataset,
        method,
        fold,
        max(value) filter (where parameter = 'intercept') as intercept,
        max(value) filter (where parameter = 'exponent') as exponent,
        max(value) filter (where parameter = 'scale') as scale
    from {{ ref('customer_value_parameters') }}
    group by dataset, method, fold
),

trees as (
    select * from {{ ref('customer_value_trees') }}
),

sales_days as (
    select * from {{ ref('sales_days') }}
),

customers as (
    select
        expectations.*,
        snapshots.order_days,
        snapshots.orders,
        snapshots.recency_days,
        snapshots.tenure_days,
        snapshots.span_days,
        snapshots.net_amount,
        snapshots.net_amount_90d,
        snapshots.order_days_90d,
        snapshots.mean_order,
        snapshots.lines_per_order,
        snapshots.units_per_line,
        snapshots.next_amount,
        row_number() over () as customer_number
    from {{ ref('purchase_expectations') }} as expectations
    inner join {{ ref('customer_snapshots') }} as snapshots
        on
            expectations.dataset = snapshots.dataset
            and expectations.customer_id = snapshots.customer_id
            and {{ days_before_of('expectations.fold') }} = snapshots.days_before
),

-- By name, so that a stored model goes on with its own features.
known as (
    select
        customer_number,
        dataset,
        fold,
        map(
            [
                'order_days', 'orders', 'recency_days', 'tenure_days', 'span_days', 'net_amount', 'net_amount_90d', 'order_days_90d',
                'mean_order', 'lines_per_order', 'units_per_line', 'expected_orders', 'expected_order_value', 'probability_alive'
            ],
            [
                order_days, orders, recency_days, tenure_days, span_days, net_amount, net_amount_90d, order_days_90d,
                mean_order, lines_per_order, units_per_line,
                round(expected_orders_90d, 6), round(expected_order_value, 6), round(probability_alive, 6)
            ]::double[]
        ) as features
    from customers
),

vectors as (
    select
        known.customer_number,
        known.dataset,
        known.fold,
        fits.model_name as method,
        {{ values_of('fits.features', 'known.features') }} as vector
    from known
    inner join fits
        on known.dataset = fits.dataset and len(fits.features) > 0 and (fits.is_champion or known.fold != 'serving')
),

reached as (
    select
        vectors.customer_number,
        vectors.method,
        -- The linter does not know lambdas of two arguments.
        trees.weight * trees.value[{{ tree_leaf('vectors.vector') }}] as root -- noqa: PRS, AL03
    from vectors
    inner join trees on vectors.dataset = trees.dataset and vectors.method = trees.method and vectors.fold = trees.fold
),

roots as (
    select
        customer_number,
        method,
        {{ exact_sum('root') }} as root
    from reached
    group by customer_number, method
),

scores as (
    select
        roots.customer_number,
        roots.method,
        -- Trees add to the root of what BG/NBD expects.
        parameters.scale * greatest(
            (round(customers.expected_orders_90d, 6) * round(customers.expected_order_value, 6)) ** (1 / parameters.exponent)
            + parameters.intercept
            + roots.root,
            0
        ) ** parameters.exponent as expected_value
    from roots
    inner join customers using (customer_number)
    inner join parameters
        on
            customers.dataset = parameters.dataset
            and customers.fold = parameters.fold
            and roots.method = parameters.method

    union all

    select
        customer_number,
        'bgnbd_gamma_gamma' as method,
        expected_orders_90d * expected_order_value as expected_value
    from customers

    union all

    select
        customer_number,
        'last_period' as method,
        net_amount_90d as expected_value
    from customers
    where fold != 'serving'

    union all

    select
        customers.customer_number,
        'spend_so_far' as method,
        customers.net_amount * 90 / (customers.day - sales_days.first_day) as expected_value
    from customers
    inner join sales_days using (dataset)
    where customers.fold != 'serving'
)

select
    customers.dataset,
    customers.fold,
    scores.method,
    customers.customer_id,
    scores.expected_value,
    customers.next_amount
from scores
inner join customers using (customer_number)
