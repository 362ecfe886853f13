{# The day at which retail ages and tenures are taken: the var, or the day after the last enrolment. #}
{% macro retail_as_of_date(enrolled_date) -%}
    {%- if var('retail_as_of_date') -%}
        {{ literal(var('retail_as_of_date')) }}::date
    {%- else -%}
        (max({{ enrolled_date }}) over ()) + 1
    {%- endif -%}
{%- endmacro %}


{# The day at which recency and tenure of e-commerce are taken: the var, or the day after the last invoice. #}
{% macro ecommerce_as_of_date(invoiced_at) -%}
    {%- if var('ecommerce_as_of_date') -%}
        {{ literal(var('ecommerce_as_of_date')) }}::date
    {%- else -%}
        (max({{ invoiced_at }}) over ())::date + 1
    {%- endif -%}
{%- endmacro %}
