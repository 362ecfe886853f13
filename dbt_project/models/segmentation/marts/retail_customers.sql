with features as (
    select * from {{ ref('retail_features') }}
),

attributes as (
    select * from {{ ref('stg_retail__customers') }}
),

segments as (
    select * from {{ ref('customer_segments') }}
    where dataset = 'retail'
)

select
    features.*,
    segments.segment_id,
    segments.segment_name,
    segments.recommended_action,
    segments.distance,
    segments.confidence,
    segments.model_run_id,
    attributes.birth_year,
    attributes.kids_at_home,
    attributes.teens_at_home,
    attributes.spend_wines,
    attributes.spend_fruits,
    attributes.spend_meat,
    attributes.spend_fish,
    attributes.spend_sweets,
    attributes.spend_gold,
    attributes.web_purchases,
    attributes.catalog_purchases,
    attributes.store_purchases,
    attributes.is_income_imputed,
    attributes.enrolled_date,
    attributes.as_of_date
from features
inner join segments using (customer_id)
inner join attributes using (customer_id)
