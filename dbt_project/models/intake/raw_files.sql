{{ config(materialized='view') }}

{% for name in enabled_sources() %}
select * from {{ ref('raw_' ~ name ~ '__files') }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
