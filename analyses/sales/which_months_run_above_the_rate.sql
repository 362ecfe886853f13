-- In which months do customers order more than the rate at which they are valued? 1 is what expected values assume all year round.
-- No row where no customer is valued.
with order_days as (
    select distinct
        customer_id,
        ordered_at::date as ordered_on
    from sales.orders
    where dataset = 'ecommerce'
),

covered as (
    select
        min(ordered_on) as first_day,
        max(ordered_on) as last_day
    from order_days
),

parameters as (
    select
        max(value) filter (where parameter = 'r') as r,
        max(value) filter (where parameter = 'alpha') as alpha
    from models.customer_value_parameters
    where dataset = 'ecommerce' and fold = 'serving' and method = 'bgnbd_gamma_gamma'
    group by dataset
),

customers as (
    select
        order_days.customer_id,
        min(order_days.ordered_on) as came_on,
        (max(parameters.r) + count(*) - 1)
        / (max(parameters.alpha) + (max(covered.last_day) + 1 - min(order_days.ordered_on))) as orders_per_day
    from order_days
    cross join parameters
    cross join covered
    group by order_days.customer_id
),

days as (
    select unnest(generate_series(first_day, last_day, interval 1 day))::date as each_day
    from covered
),

expected as (
    select
        date_trunc('month', days.each_day)::date as month,
        sum(customers.orders_per_day) as orders
    from days
    inner join customers on days.each_day > customers.came_on
    group by month
),

came as (
    select
        date_trunc('month', order_days.ordered_on)::date as month,
        count(*) as orders
    from order_days
    inner join customers on order_days.customer_id = customers.customer_id and order_days.ordered_on > customers.came_on
    group by month
)

select
    expected.month,
    came.orders as orders_of_known_customers,
    round(expected.orders) as at_their_rate,
    round(came.orders / expected.orders, 2) as times_the_rate
from expected
inner join came using (month)
order by expected.month
