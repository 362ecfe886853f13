-- How much of the online turnover does each tenth of the customers bring?
with ranked as (
    select
        monetary_value,
        frequency,
        ntile(10) over (order by monetary_value desc, customer_id asc) as spend_decile
    from segmentation.ecommerce_customers
)

select
    spend_decile,
    count(*) as customers,
    min(monetary_value) as spend_from,
    max(monetary_value) as spend_to,
    round(100 * sum(monetary_value) / sum(sum(monetary_value)) over (), 1) as percent_of_spend,
    round(avg(frequency), 1) as mean_orders
from ranked
group by spend_decile
order by spend_decile
