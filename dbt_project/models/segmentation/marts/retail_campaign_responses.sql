-- Every campaign by itself; the sixth is the last one.
{%- set answers = [] %}
{%- for campaign in ['campaign_1', 'campaign_2', 'campaign_3', 'campaign_4', 'campaign_5', 'last_campaign'] %}
    {%- do answers.append(struct_of({'campaign': loop.index, 'has_accepted': 'has_accepted_' ~ campaign})) %}
{%- endfor %}
with customers as (
    select * from {{ ref('stg_retail__customers') }}
),

answers as (
    select
        customer_id,
        {{ fields_of(list_of(answers)) }}
    from customers
)

select
    customer_id,
    campaign,
    has_accepted
from answers
order by customer_id, campaign
