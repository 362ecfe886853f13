{{ config(enabled=segmentation_datasets() | length > 0) }}

with customers as (
    {% for dataset in segmentation_datasets() %}
    select
        '{{ dataset }}' as dataset,
        customer_id
    from {{ ref(dataset ~ '_features') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    dataset,
    customer_id
from customers
full outer join {{ ref('customer_segments') }} as assigned using (dataset, customer_id)
where assigned.segment_id is null or customers.customer_id is null
