{{ config(enabled=source_enabled('retail')) }}

-- Which segments answer campaigns, and how much more than everyone?
with customers as (
    select
        *,
        has_accepted_last_campaign::integer as is_response
    from {{ ref('retail_customers') }}
),

everyone as (
    select avg(is_response) as response_rate
    from customers
)

select
    customers.segment_name,
    count(*) as customers,
    round(avg(customers.campaigns_accepted), 2) as campaigns_accepted,
    round(100 * avg(customers.is_response), 1) as percent_last_campaign,
    round(avg(customers.is_response) / max(everyone.response_rate), 2) as lift
from customers
cross join everyone
group by customers.segment_name
order by campaigns_accepted desc, customers.segment_name asc
