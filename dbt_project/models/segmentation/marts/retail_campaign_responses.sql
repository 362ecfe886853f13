-- Every campaign by itself; the sixth is the last one.
with customers as (
    select * from {{ ref('stg_retail__customers') }}
),

answers as (
    select
        customer_id,
        {{ fields_of(list_of([
            struct_of({'campaign': 1, 'has_accepted': 'has_accepted_campaign_1'}),
            struct_of({'campaign': 2, 'has_accepted': 'has_accepted_campaign_2'}),
            struct_of({'campaign': 3, 'has_accepted': 'has_accepted_campaign_3'}),
            struct_of({'campaign': 4, 'has_accepted': 'has_accepted_campaign_4'}),
            struct_of({'campaign': 5, 'has_accepted': 'has_accepted_campaign_5'}),
            struct_of({'campaign': 6, 'has_accepted': 'has_accepted_last_campaign'})
        ])) }}
    from customers
)

select
    customer_id,
    campaign,
    has_accepted
from answers
order by customer_id, campaign
