{# The start of this build, UTC: the only clock that state may read. #}
{% macro build_moment() -%}
    '{{ build_started_at().strftime("%Y-%m-%d %H:%M:%S.%f") }}'::timestamp
{%- endmacro %}


{# The id of the generation that this build would publish; ids sort by time. #}
{% macro generation_id() -%}
    {{ build_started_at().strftime('%Y%m%dT%H%M%S.%fZ') }}
{%- endmacro %}


{# When the build started, and never before the generation that it goes on from. #}
{% macro build_started_at() %}
    {%- set started_at = run_started_at.replace(tzinfo=none) -%}
    {%- set parent = published_at() -%}
    {{ return([started_at, parent + modules.datetime.timedelta(microseconds=1)] | max if parent else started_at) }}
{% endmacro %}


{# When the build of the published generation started; none where nothing is published. #}
{% macro published_at() %}{{ return(adapter.dispatch('published_at', 'customer_analytics')()) }}{% endmacro %}

{# Spark goes on from no generation: the clock tells when it scored. #}
{% macro spark__published_at() %}{{ return(none) }}{% endmacro %}

{% macro duckdb__published_at() %}
    {%- if not execute -%}{{ return(none) }}{%- endif -%}
    {{ return(run_query('select published_at()').columns[0][0]) }}
{% endmacro %}


{# Stop where the clock runs behind what is published, unless the var has the build go on after it. #}
{% macro check_clock() %}
    {%- set parent = published_at() -%}
    {%- if var('clock_behind') == 'stop' and parent and run_started_at.replace(tzinfo=none) <= parent -%}
        {%- do stop(
            'The clock says ' ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S') ~ ' UTC, and the published generation is of '
            ~ parent.strftime('%Y-%m-%d %H:%M:%S') ~ ' UTC: set the clock right, put an earlier generation back with'
            ~ " `make rollback`, or go on after the published one with --vars 'clock_behind: continue'."
        ) -%}
    {%- endif -%}
{% endmacro %}
