{#
    Whether a raw row is of somebody who was forgotten (`make forget`): by the key of the person, or by
    any field of a line that cannot be split. Only digests of ids are known.
#}
{% macro is_forgotten(source_name, columns) -%}
    {%- if somebody_is_forgotten() -%}
        {%- set person = columns | selectattr('person', 'defined') | first -%}
        {%- set source = literal(source_name) -%}
        (
            coalesce(is_forgotten({{ source }}, {{ raw_text(person) }}), false)
            or coalesce(is_forgotten_line({{ source }}, case when raw_rows.row_error is not null then raw_rows.raw_row end), false)
        )
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}


{# The raw row; of somebody who was forgotten, nothing. #}
{% macro raw_row_of_others(source_name, columns) -%}
    {%- if somebody_is_forgotten() -%}
        case when {{ is_forgotten(source_name, columns) }} then '(forgotten)' else raw_rows.raw_row end
    {%- else -%}
        raw_rows.raw_row
    {%- endif -%}
{%- endmacro %}


{% macro somebody_is_forgotten() %}
    {{ return(execute and answer_of('somebody_is_forgotten()')) }}
{% endmacro %}
