{# A number in [0, 1) that depends on the text alone: splits and resamples that stay put. #}
{% macro md5_share(text) -%}
    {{ return(adapter.dispatch('md5_share', 'customer_analytics')(text)) }}
{%- endmacro %}

{% macro duckdb__md5_share(text) -%}
    ('0x' || left(md5({{ text }}), 8))::bigint / 4294967296
{%- endmacro %}
