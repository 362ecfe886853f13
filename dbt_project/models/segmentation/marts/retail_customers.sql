with attributes as (
    select * from {{ ref('stg_retail__customers') }}
),

customers as (
    {{ customers_with_segments('retail') }}
)

select
    customers.*,
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
from customers
inner join attributes using (customer_id)
