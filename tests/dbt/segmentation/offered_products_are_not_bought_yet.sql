{{ config(enabled=source_enabled('ecommerce')) }}

select
    offered.customer_id,
    offered.product_id
from {{ ref('customer_product_recommendations') }} as offered
inner join {{ ref('ecommerce_purchases') }} as purchases
    on offered.customer_id = purchases.customer_id and offered.product_id = purchases.product_id
