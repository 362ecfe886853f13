{# The newest moment that a source's kept rows speak of; null where they speak of none. #}
{% macro newest_row_at(source_name) -%}
    {%- set column = dated_columns().get(source_name) -%}
    {%- if column -%}
        (select max({{ column }})::timestamp from {{ ref('stg_' ~ source_name ~ '__' ~ source_entities()[source_name]) }})
    {%- else -%}
        null::timestamp
    {%- endif -%}
{%- endmacro %}


{# The columns that tell how new the rows of a source are. #}
{% macro dated_columns() %}
    {{ return({'retail': 'enrolled_date', 'ecommerce': 'invoiced_at', 'ratings': 'rated_at'}) }}
{% endmacro %}
