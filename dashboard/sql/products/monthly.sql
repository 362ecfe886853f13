-- finding: "{change}"
-- reading: Net of cancellations. A month that is not over is left out.
-- nothing: No order is known.
-- chart: lines
-- x: month
-- y: net_amount
-- x_title: month
-- y_title: net sales
-- is_time: true
-- table: [month, net_amount, orders, customers, new_customers, units]
with months as (
    select
        month,
        sum(net_amount) as net_amount,
        sum(orders) as orders,
        sum(customers) as customers,
        sum(new_customers) as new_customers,
        sum(units) as units
    from sales.monthly_sales
    where dataset = $dataset and is_complete
    group by month
),

compared as (
    select
        *,
        lag(net_amount) over (order by month) as amount_before
    from months
)

select
    * exclude (amount_before),
    max_by(
        format('Net sales of {}: {:,.0f}', strftime(month, '%B %Y'), net_amount::double)
        || coalesce(format(', {:+.0f} % against the month before', 100 * (net_amount / nullif(amount_before, 0) - 1)), ''),
        month
    ) over () as change
from compared
order by month
