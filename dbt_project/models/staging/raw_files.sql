{{ config(materialized='view') }}

{% for name in var('sources_enabled') %}
select * from {{ ref('raw_' ~ name ~ '__files') }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
