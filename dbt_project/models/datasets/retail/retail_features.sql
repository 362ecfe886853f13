with customers as (
    select * from {{ ref('stg_retail__customers') }}
),

totals as (
    select
        *,
        spend_wines + spend_fruits + spend_meat + spend_fish + spend_sweets + spend_gold as total_spend,
        web_purchases + catalog_purchases + store_purchases as purchases,
        coalesce(has_accepted_campaign_1, false)::integer
        + coalesce(has_accepted_campaign_2, false)::integer
        + coalesce(has_accepted_campaign_3, false)::integer
        + coalesce(has_accepted_campaign_4, false)::integer
        + coalesce(has_accepted_campaign_5, false)::integer
        + coalesce(has_accepted_last_campaign, false)::integer as campaigns_accepted
    from customers
)

select
    customer_id,

    education,
    marital_status,

    year(as_of_date) - birth_year as age,
    income,
    kids_at_home + teens_at_home as children,
    {{ days_between('enrolled_date', 'as_of_date') }} as tenure_days,
    days_since_last_purchase,
    total_spend::decimal(18, 2) as total_spend,
    purchases,
    {{ share('total_spend', 'purchases') }} as average_purchase,
    deal_purchases,
    {{ share('least(deal_purchases, purchases)', 'purchases') }} as deals_share,
    {{ share('web_purchases', 'purchases') }} as web_share,
    {{ share('catalog_purchases', 'purchases') }} as catalog_share,
    {{ share('store_purchases', 'purchases') }} as store_share,
    {{ share('spend_wines', 'total_spend') }} as wines_share,
    {{ share('spend_fruits', 'total_spend') }} as fruits_share,
    {{ share('spend_meat', 'total_spend') }} as meat_share,
    {{ share('spend_fish', 'total_spend') }} as fish_share,
    {{ share('spend_sweets', 'total_spend') }} as sweets_share,
    {{ share('spend_gold', 'total_spend') }} as gold_share,
    web_visits_last_month,
    campaigns_accepted,

    has_accepted_last_campaign,
    has_complained
from totals
