{# A value as a SQL literal. #}
{% macro literal(value) -%}
    {%- if value is none -%}
        null
    {%- elif value is number -%}
        {{ value }}
    {%- else -%}
        '{{ value | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}


{# A floating figure at the precision at which it ranks and is published. #}
{% macro rounded(expression) -%}
    {{ return(adapter.dispatch('rounded', 'customer_analytics')(expression)) }}
{%- endmacro %}

{% macro duckdb__rounded(expression) -%}
    round({{ expression }}, {{ var('published_digits') }})
{%- endmacro %}


{# The value of a declared column in a long table: of a numeric feature, a flag as 0 or 1, or of a categorical one. #}
{% macro number_value(column) -%}
    {{ 'null' if column.data_type == 'varchar' else adapter.quote(column.name) }}::double
{%- endmacro %}


{% macro text_value(column) -%}
    {{ adapter.quote(column.name) if column.data_type == 'varchar' else 'null' }}::string
{%- endmacro %}


{# Any declared column as text; a decimal without its last zeros, as a double has it. #}
{% macro value_as_text(column) -%}
    {%- set quoted = adapter.quote(column.name) -%}
    {{ double_as_text(quoted ~ '::double') if column.data_type.startswith('decimal') or column.data_type == 'double' else quoted ~ '::string' }}
{%- endmacro %}
