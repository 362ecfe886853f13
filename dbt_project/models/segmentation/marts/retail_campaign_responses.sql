-- Every campaign by itself; the sixth is the last one.
with customers as (
    select * from {{ ref('stg_retail__customers') }}
)

select
    customer_id,
    unnest([1, 2, 3, 4, 5, 6]) as campaign,
    unnest([
        has_accepted_campaign_1,
        has_accepted_campaign_2,
        has_accepted_campaign_3,
        has_accepted_campaign_4,
        has_accepted_campaign_5,
        has_accepted_last_campaign
    ]) as has_accepted
from customers
order by customer_id, campaign
