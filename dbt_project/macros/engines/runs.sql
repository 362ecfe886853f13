{# What is done before anything is built. #}
{% macro start_run() %}{{ return(adapter.dispatch('start_run', 'customer_analytics')()) }}{% endmacro %}

{% macro duckdb__start_run() %}
    {%- do check_clock() -%}
    {%- do check_people_are_declared() -%}
    {%- do check_report() -%}
    {%- do show_previous() -%}
    {%- do show_raw_rows() -%}
{% endmacro %}

{#
    On Spark: stop where a model is selected that does not run there, and let the tables that the others read be there: files
    in the folder SPARK_INPUTS, or tables of the metastore where that is not set.
#}
{% macro spark__start_run() %}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set selected = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | selectattr('unique_id', 'in', selected_resources) | list -%}
    {%- for node in selected if 'spark' not in node.tags -%}
        {%- do stop(
            node.name ~ ' does not run on Spark: it is no model of the selector spark. Build it on DuckDB, and run'
            ~ ' `dbt run --target spark --selector spark`.'
        ) -%}
    {%- endfor -%}
    {%- if env_var('SPARK_INPUTS', '') -%}
        {%- for relation in spark_inputs(selected) -%}
            {%- do run_query('create schema if not exists ' ~ relation.split('.')[0]) -%}
            {%- do run_query(
                'create table if not exists ' ~ relation ~ ' using parquet location '
                ~ literal(env_var('SPARK_INPUTS') ~ '/' ~ relation | replace('.', '/') ~ '.parquet')
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}


{# The tables, as schema.table, that models read and that are not among them. #}
{% macro spark_inputs(models) %}
    {%- set own, found = models | map(attribute='unique_id') | list, [] -%}
    {%- for node in models -%}
        {%- for parent in node.depends_on.nodes if parent in graph.nodes and parent not in own -%}
            {%- set table = graph.nodes[parent].schema ~ '.' ~ graph.nodes[parent].alias -%}
            {%- if table not in found -%}{%- do found.append(table) -%}{%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found | sort) }}
{% endmacro %}


{# What is done when everything is built. #}
{% macro end_run(results) %}{{ return(adapter.dispatch('end_run', 'customer_analytics')(results)) }}{% endmacro %}

{% macro duckdb__end_run(results) %}{{ return(publish(results)) }}{% endmacro %}

{# The link to the tables is set by `python -m spark`, when they have been compared. #}
{% macro spark__end_run(results) %}{{ return('') }}{% endmacro %}


{% macro spark__file_format_clause() -%}using {{ config.get('file_format') or 'parquet' }}{%- endmacro %}

{# Tables are files below the folder SPARK_OUTPUT, by schema and table; where that is not set, the metastore's own. #}
{% macro spark__location_clause() -%}
    {%- if env_var('SPARK_OUTPUT', '') -%}location {{ literal(env_var('SPARK_OUTPUT') ~ '/' ~ model.schema ~ '/' ~ model.alias) }}{%- endif -%}
{%- endmacro %}


{# A table of Parquet files holds no constraint. What is handed over was judged on DuckDB, and what is built is compared. #}
{% macro spark__persist_constraints(relation, model) %}{% endmacro %}
