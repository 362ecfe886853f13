{% for area, datasets in source_areas().items() %}
{%- set is_last_area = loop.last -%}
{%- for dataset in datasets %}
select
    '{{ area }}' as area,
    '{{ dataset }}' as dataset,
    {{ loop.index }} as number,
    {{ source_enabled(dataset) }} as is_enabled
{% if not (loop.last and is_last_area) %}union all{% endif %}
{%- endfor %}
{%- endfor %}
