-- What was known of each customer as of the as-of date and of days before it, and what was bought in the 90 days after them.
-- A return counts from its own day on; of what came after a day all is known that the files tell.
with lines as (
    select * from {{ ref('sales_lines') }}
),

returned as (
    select
        dataset,
        customer_id,
        unit_price,
        {{ fields_of('returns') }}
    from lines
    where {{ length_of('returns') }} > 0
),

order_days as (
    select
        dataset,
        customer_id,
        ordered_on as happened_on,
        1 as order_days,
        sum(quantity) as units,
        sum(quantity * unit_price) as amount,
        sum((quantity - {{ returned_units('returns') }}) * unit_price) as kept_amount
    from lines
    group by dataset, customer_id, ordered_on
),

events as (
    select * from order_days

    union all

    select
        dataset,
        customer_id,
        returned_on as happened_on,
        0 as order_days,
        -sum(quantity) as units,
        -sum(quantity * unit_price) as amount,
        0 as kept_amount
    from returned
    group by dataset, customer_id, returned_on
),

numbered as (
    select
        *,
        {{ elements_of(whole_numbers(0, var('customer_value_snapshots') | int - 1)) }} as step
    from {{ ref('sales_days') }}
),

steps as (
    select
        *,
        step::integer * 30 as days_before
    from numbered
),

days as (
    select
        dataset,
        days_before,
        (as_of_date - days_before)::date as day
    from steps
    -- Of fewer days little can be told.
    where days_before = 0 or as_of_date - days_before - 60 >= first_day
),

known as (
    select
        events.dataset,
        days.days_before,
        days.day,
        days.days_before >= 90 as has_passed,
        events.customer_id,
        sum(events.order_days)::bigint as order_days,
        max(events.happened_on) filter (where events.order_days = 1) as last_on,
        min(events.happened_on) as first_on,
        count(distinct date_trunc('month', events.happened_on)) filter (where events.order_days = 1) as order_months,
        sum(events.units)::bigint as units,
        sum(events.amount)::decimal(18, 4) as net_amount,
        coalesce(sum(events.order_days) filter (where events.happened_on >= days.day - 90), 0)::bigint as order_days_90d,
        greatest(coalesce(sum(events.amount) filter (where events.happened_on >= days.day - 90), 0), 0)::decimal(18, 4) as net_amount_90d
    from events
    inner join days on events.dataset = days.dataset and events.happened_on < days.day
    group by events.dataset, days.days_before, days.day, events.customer_id
),

bought as (
    select
        order_days.dataset,
        days.days_before,
        order_days.customer_id,
        sum(order_days.kept_amount)::decimal(18, 4) as next_amount
    from order_days
    inner join days
        on
            order_days.dataset = days.dataset
            and order_days.happened_on >= days.day
            and order_days.happened_on < days.day + 90
    group by order_days.dataset, days.days_before, order_days.customer_id
)

select
    known.dataset,
    known.days_before,
    known.day,
    known.customer_id,
    known.order_days,
    {{ days_between('known.first_on', 'known.last_on') }} as span_days,
    {{ days_between('known.first_on', 'known.day') }} as tenure_days,
    {{ days_between('known.last_on', 'known.day') }} as recency_days,
    known.order_months,
    known.units,
    known.net_amount,
    known.order_days_90d,
    known.net_amount_90d,
    case when known.has_passed then coalesce(bought.next_amount, 0) end as next_amount
from known
left join bought using (dataset, days_before, customer_id)
