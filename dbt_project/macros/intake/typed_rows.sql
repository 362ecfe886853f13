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
        'meaning': {
            'date_formats': list_var(name ~ '_date_formats'),
            'null_texts': list_var('null_texts' if var(name ~ '_null_texts', none) is none else name ~ '_null_texts'),
            'decimal': var(name ~ '_decimal', none),
            'time_zone': time_zone_of(name),
            'built_on': build_started_at().strftime('%Y-%m-%d'),
            'masked_columns': mapping_var('masked_columns').get(name) or []
        }
    } -%}
    {{ return(answer_of('typed_rows(' ~ literal(tojson(how)) ~ ')')) }}
{% endmacro %}


{# The zone in which a source's times without an offset are meant, and its days are counted. #}
{% macro time_zone_of(name) %}
    {{ return(var(name ~ '_time_zone', 'UTC')) }}
{% endmacro %}


{# A moment, which is UTC, as the clock of its source's zone shows it. #}
{% macro local_time(name, moment) -%}
    {%- if time_zone_of(name) == 'UTC' -%}
        {{ moment }}
    {%- else -%}
        {{ moment_in_zone(moment, time_zone_of(name)) }}
    {%- endif -%}
{%- endmacro %}


{# Reasons, each a case expression that is null where it does not hold, as one text or null. #}
{% macro joined_reasons(reasons) -%}
    nullif(concat_ws('; ', null {%- for reason in reasons %}, {{ reason }}{% endfor %}), '')
{%- endmacro %}


{% macro reason(condition, words) -%}
    case when {{ condition }} then {{ literal(words) }} end
{%- endmacro %}
