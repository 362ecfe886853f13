{{ config(enabled=area_enabled('segmentation')) }}

with customers as (
    select distinct
        dataset,
        customer_id
    from {{ ref('customer_feature_values') }}
)

select
    dataset,
    customer_id
from customers
full outer join {{ ref('customer_segments') }} as assigned using (dataset, customer_id)
where assigned.segment_id is null or customers.customer_id is null
