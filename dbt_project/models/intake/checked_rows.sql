{{ config(materialized='view') }}

{% for name in enabled_sources() %}
select
    '{{ name }}' as source,
    file,
    row_number,
    raw_row,
    raw_row_number,
    row_at,
    reject_reason,
    exclusion_rule,
    repairs,
    flags
from {{ intake_relation('checked', name) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
