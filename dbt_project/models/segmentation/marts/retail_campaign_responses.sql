-- Every campaign by itself; the sixth is the last one.
with customers as (
    select * from {{ ref('stg_retail__customers') }}
)

{%- set answers = [] %}
{%- for campaign in ['campaign_1', 'campaign_2', 'campaign_3', 'campaign_4', 'campaign_5', 'last_campaign'] %}
    {%- do answers.append(struct_of({'campaign': loop.index, 'has_accepted': 'has_accepted_' ~ campaign})) %}
{%- endfor %}

select
    customer_id,
    {{ fields_of(list_of(answers)) }}
from customers
order by customer_id, campaign
