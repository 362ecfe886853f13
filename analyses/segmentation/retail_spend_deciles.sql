-- How much of the retail turnover does each tenth of the customers bring, and does it answer campaigns?
with ranked as (
    select
        total_spend,
        campaigns_accepted,
        ntile(10) over (order by total_spend desc, customer_id asc) as spend_decile
    from segmentation.retail_customers
)

select
    spend_decile,
    count(*) as customers,
    min(total_spend) as spend_from,
    max(total_spend) as spend_to,
    round(100 * sum(total_spend) / sum(sum(total_spend)) over (), 1) as percent_of_spend,
    round(avg(campaigns_accepted), 2) as mean_campaigns_accepted
from ranked
group by spend_decile
order by spend_decile
