-- What BG/NBD and Gamma-Gamma expect of each customer as of the day of a fold (models_py/sales has the papers). The folds that
-- judge are needed only in the build that fitted them.
with fits as (
    select distinct
        dataset,
        outcome in ('first', 'replaced') as is_judged
    from {{ ref('fit_customer_values') }}
),

learned as (
    select parameters.*
    from {{ ref('customer_value_parameters') }} as parameters
    inner join fits using (dataset)
    where parameters.method = 'bgnbd_gamma_gamma' and (parameters.fold = 'serving' or fits.is_judged)
),

parameters as (
    select
        dataset,
        fold,
        {{ days_before_of('fold') }} as days_before,
        max(value) filter (where parameter = 'r') as r,
        max(value) filter (where parameter = 'alpha') as alpha,
        max(value) filter (where parameter = 'a') as a,
        max(value) filter (where parameter = 'b') as b,
        max(value) filter (where parameter = 'p') as p,
        max(value) filter (where parameter = 'q') as q,
        max(value) filter (where parameter = 'gamma') as gamma
    from learned
    group by dataset, fold
),

customers as (
    select
        snapshots.dataset,
        parameters.fold,
        parameters.r,
        parameters.alpha,
        parameters.a,
        parameters.b,
        parameters.p,
        parameters.q,
        parameters.gamma,
        snapshots.customer_id,
        snapshots.day,
        snapshots.order_days,
        greatest(snapshots.net_amount, 0) as amount,
        snapshots.order_days - 1 as x,
        snapshots.span_days as t_x,
        snapshots.tenure_days as age
    from {{ ref('customer_snapshots') }} as snapshots
    inner join parameters using (dataset, days_before)
),

-- Many customers have as many orders and days, and one series is theirs.
histories as (
    select distinct
        dataset,
        fold,
        x,
        age,
        r,
        alpha,
        a,
        b
    from customers
),

horizons as (
    select
        *,
        90 / (alpha + age + 90) as z_90d,
        365 / (alpha + age + 365) as z_365d
    from histories
),

series as (
    select
        dataset,
        fold,
        x,
        age,
        -- The linter does not know lambdas of two arguments.
        (a + b + x - 1) / (a - 1) * (1 - power(1 - z_90d, a - 1) * {{ hypergeometric('(a + b - 1 - r)', '(a - 1)', '(a + b + x - 1)', 'z_90d') }}) as orders_90d, -- noqa: PRS, LT05
        (a + b + x - 1) / (a - 1) * (1 - power(1 - z_365d, a - 1) * {{ hypergeometric('(a + b - 1 - r)', '(a - 1)', '(a + b + x - 1)', 'z_365d') }}) as orders_365d -- noqa: PRS, LT05
    from horizons
),

alive as (
    select
        *,
        case when x = 0 then 1 else 1 / (1 + a / (b + x - 1) * power((alpha + age) / (alpha + t_x), r + x)) end as probability_alive
    from customers
)

-- Beyond twelve digits it is noise.
select
    alive.dataset,
    alive.fold,
    alive.customer_id,
    alive.day,
    round(alive.probability_alive, 12) as probability_alive,
    round(
        alive.probability_alive * (1 - power((alive.alpha + alive.age) / (alive.alpha + alive.age + 90), alive.r + alive.x)), 12
    ) as purchase_probability_90d,
    round(alive.probability_alive * series.orders_90d, 12) as expected_orders_90d,
    -- Not times the chance to be alive, which is in both.
    round(series.orders_365d / series.orders_90d, 12) as orders_365d_per_90d,
    round(alive.p * (alive.gamma + alive.amount) / (alive.p * alive.order_days + alive.q - 1), 12) as expected_order_value,
    -- After so many days the chance of an order is one half.
    case
        when alive.probability_alive > 0.5
            then round((alive.alpha + alive.age) * (power(1 - 0.5::double / alive.probability_alive, -1 / (alive.r + alive.x)) - 1), 12)
    end as days_to_next_order
from alive
inner join series using (dataset, fold, x, age)
