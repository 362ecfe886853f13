{{ config(materialized='view') }}

-- The one place of the area that names data sets. Days are those of the source's time zone.
{%- for dataset in datasets_of('sales') %}
select
    '{{ dataset }}' as dataset,
    order_id,
    customer_id,
    product_id,
    description,
    country,
    quantity,
    unit_price,
    ordered_at,
    ({{ local_time(dataset, 'ordered_at') }})::date as ordered_on,
    {{ dated_returns('returns', dataset) }} as returns
from {{ ref(order_lines_model(dataset)) }}
{% if not loop.last %}union all{% endif %}
{%- endfor %}
