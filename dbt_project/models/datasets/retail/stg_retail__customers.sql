{{ config(materialized='view') }}

with checked as (
    select * from {{ ref('checked_retail__customers') }}
)

select
    id as customer_id,

    education,
    marital_status,

    year_birth as birth_year,
    coalesce(income, median(income) over ())::decimal(18, 2) as income,
    kidhome as kids_at_home,
    teenhome as teens_at_home,
    recency as days_since_last_purchase,
    mnt_wines as spend_wines,
    mnt_fruits as spend_fruits,
    mnt_meat_products as spend_meat,
    mnt_fish_products as spend_fish,
    mnt_sweet_products as spend_sweets,
    mnt_gold_prods as spend_gold,
    num_deals_purchases as deal_purchases,
    num_web_purchases as web_purchases,
    num_catalog_purchases as catalog_purchases,
    num_store_purchases as store_purchases,
    num_web_visits_month as web_visits_last_month,

    income is null as is_income_imputed,
    accepted_cmp1 as has_accepted_campaign_1,
    accepted_cmp2 as has_accepted_campaign_2,
    accepted_cmp3 as has_accepted_campaign_3,
    accepted_cmp4 as has_accepted_campaign_4,
    accepted_cmp5 as has_accepted_campaign_5,
    response as has_accepted_last_campaign,
    complain as has_complained,

    dt_customer as enrolled_date,
    as_of_date
from checked
where reject_reason is null and exclusion_rule is null
