-- Neither the answer to the last campaign nor the count of answers that includes it; a missing income stays missing,
-- because the median that replaces it in staging is that of all customers, the holdout included.
select
    customer_id,
    has_accepted_last_campaign,

    education,
    marital_status,

    year(as_of_date) - birth_year as age,
    case when not is_income_imputed then income end as income,
    kids_at_home,
    teens_at_home,
    as_of_date - enrolled_date as tenure_days,
    days_since_last_purchase,
    spend_wines,
    spend_fruits,
    spend_meat,
    spend_fish,
    spend_sweets,
    spend_gold,
    deal_purchases,
    web_purchases,
    catalog_purchases,
    store_purchases,
    web_visits_last_month,
    coalesce(has_accepted_campaign_1, false)::integer
    + coalesce(has_accepted_campaign_2, false)::integer
    + coalesce(has_accepted_campaign_3, false)::integer
    + coalesce(has_accepted_campaign_4, false)::integer
    + coalesce(has_accepted_campaign_5, false)::integer as earlier_campaigns_accepted,

    has_accepted_campaign_1,
    has_accepted_campaign_2,
    has_accepted_campaign_3,
    has_accepted_campaign_4,
    has_accepted_campaign_5,
    has_complained
from {{ ref('stg_retail__customers') }}
