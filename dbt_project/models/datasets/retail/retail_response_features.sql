-- Neither the answer to the last campaign nor the count of answers that includes it; a missing income stays missing,
-- because the median that replaces it in staging is that of all customers, the holdout included.
with customers as (
    select
        *,
        spend_wines + spend_fruits + spend_meat + spend_fish + spend_sweets + spend_gold as total_spend,
        -- Customers with the same values under another key. Nothing tells whether they are one person.
        md5({{ row_as_text(ref('stg_retail__customers'), 'customer_id') }}) as twin_group
    from {{ ref('stg_retail__customers') }}
),

scored as (
    select
        *,
        ntile(5) over (order by days_since_last_purchase desc, customer_id asc) as recency_score,
        ntile(5) over (order by web_purchases + catalog_purchases + store_purchases, customer_id) as frequency_score
    from customers
)

select
    customer_id,
    twin_group,
    has_accepted_last_campaign,

    'R' || recency_score || ' F' || frequency_score as rfm_cell,

    education,
    marital_status,

    year(as_of_date) - birth_year as age,
    case when not is_income_imputed then income end as income,
    kids_at_home,
    teens_at_home,
    {{ days_between('enrolled_date', 'as_of_date') }} as tenure_days,
    days_since_last_purchase,
    spend_wines,
    spend_fruits,
    spend_meat,
    spend_fish,
    spend_sweets,
    spend_gold,
    {{ share('spend_wines', 'total_spend') }} as wines_share,
    {{ share('spend_fruits', 'total_spend') }} as fruits_share,
    {{ share('spend_meat', 'total_spend') }} as meat_share,
    {{ share('spend_fish', 'total_spend') }} as fish_share,
    {{ share('spend_sweets', 'total_spend') }} as sweets_share,
    {{ share('spend_gold', 'total_spend') }} as gold_share,
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
from scored
