{#
    The raw rows of a source with every declared column cast to its type, their problems and their
    repairs: a query that the plugin makes of what the source's YAML declares.
#}
{% macro typed_rows(name, source_relation) %}
    {%- set category_map = ref(name ~ '_category_map') if 'category_map' in words_of(name) -%}
    {%- if not execute -%}{{ return('select 1') }}{%- endif -%}
    {%- set how = {
        'source': name,
        'relation': source_relation | string,
        'category_map': category_map | string if category_map else none,
        'date_formats': list_var(name ~ '_date_formats')
    } -%}
    {{ return(answer_of('typed_rows(' ~ literal(tojson(how)) ~ ')')) }}
{% endmacro %}


{# Reasons, each a case expression that is null where it does not hold, as one text or null. #}
{% macro joined_reasons(reasons) -%}
    nullif(concat_ws('; ', null {%- for reason in reasons %}, {{ reason }}{% endfor %}), '')
{%- endmacro %}


{% macro reason(condition, words) -%}
    case when {{ condition }} then {{ literal(words) }} end
{%- endmacro %}
