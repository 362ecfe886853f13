{#
    What a source that is switched off left in the previous generation goes on to the next one:
    tables that only a switched-off model builds as they are, and its rows of tables that several
    sources share. A table whose model has left the project is not carried.
#}
{% macro carry_over() %}
    {%- if carried_over_sources() -%}
        {%- for statement in table_carriers() + row_carriers() -%}
            {%- do run_query(statement) -%}
        {%- endfor -%}
        {%- do log('Switched off, and as they were: ' ~ carried_over_sources() | join(', ') ~ '.', info=true) -%}
    {%- endif -%}
{% endmacro %}


{# Sources that are switched off and that the previous generation has rows of. #}
{% macro carried_over_sources() %}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {%- set is_there = run_query(
        "select 1 from duckdb_tables() where database_name = 'previous' and schema_name = 'monitoring' and table_name = 'data_quality'"
    ) -%}
    {%- if not is_there.rows | length -%}{{ return([]) }}{%- endif -%}
    {%- set held = run_query('select distinct source from previous.monitoring.data_quality').columns[0].values() -%}
    {{ return(source_entities().keys() | select('in', held) | reject('in', var('sources_enabled')) | list) }}
{% endmacro %}


{# One row per area with sources that are carried over: area, sources. #}
{% macro carried_over_areas() %}
    {%- set carried = carried_over_sources() -%}
    select
        unnest.area,
        unnest.sources
    from unnest([
        {%- for area, sources in source_areas().items() %}
        {'area': '{{ area }}', 'sources': nullif('{{ sources | select("in", carried) | join(", ") }}', '')}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    ])
{% endmacro %}


{# Statements that copy the tables, with their comments, whose models are in the project and switched off. #}
{% macro table_carriers() %}
    {%- set models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | map(attribute='name') | list -%}
    {%- set carried -%}
        table_name in (select unnest({{ answer_of('project_models()') }}))
        and table_name not in {{ sql_list(models) }}
    {%- endset -%}
    {{ return(run_query("
        with tables as (
            select schema_name, table_name, comment
            from duckdb_tables()
            where database_name = 'previous' and " ~ carried ~ "
        ),

        columns as (
            select schema_name, table_name, column_name, comment
            from duckdb_columns()
            where database_name = 'previous' and comment is not null and " ~ carried ~ "
        ),

        names as (
            select *, " ~ sql_name('schema_name', 'table_name') ~ " as name from tables
        )

        select concat_ws('; ',
            'create schema if not exists next_generation.' || " ~ sql_name('schema_name') ~ ",
            'create table next_generation.' || name || ' as from previous.' || name,
            'comment on table next_generation.' || name || ' is ' || " ~ sql_literal('comment') ~ ",
            (
                select string_agg(
                    'comment on column next_generation.' || name || '.' || " ~ sql_name('column_name')
                    ~ " || ' is ' || " ~ sql_literal('columns.comment') ~ ", '; '
                )
                from columns
                where columns.schema_name = names.schema_name and columns.table_name = names.table_name
            )
        ) as statement
        from names
        order by name
    ").columns[0].values() | list) }}
{% endmacro %}


{#
    Statements that add the rows of switched-off sources to the tables that have a column for their
    source: columns that both generations have, unless the table has those rows already, as history does.
#}
{% macro row_carriers() %}
    {{ return(run_query("
        with columns as (
            select schema_name, table_name, column_name, next_column.data_type
            from duckdb_columns() as next_column
            inner join duckdb_columns() as previous_column using (schema_name, table_name, column_name)
            where next_column.database_name = 'next_generation' and previous_column.database_name = 'previous'
        ),

        tables as (
            select
                " ~ sql_name('schema_name', 'table_name') ~ " as name,
                coalesce(
                    max(column_name) filter (where column_name = 'dataset'), max(column_name) filter (where column_name = 'source')
                ) as key,
                string_agg(
                    format('try_cast({0} as {1}) as {0}', " ~ sql_name('column_name') ~ ", data_type), ', '
                ) as columns
            from columns
            group by schema_name, table_name
        )

        select
            'insert into next_generation.' || name || ' by name select ' || columns || ' from previous.' || name
            || ' where ' || key || ' in (''" ~ carried_over_sources() | join("'', ''") ~ "'')'
            || ' and ' || key || ' not in (select ' || key || ' from next_generation.' || name || ')' as statement
        from tables
        where key is not null
        order by name
    ").columns[0].values() | list) }}
{% endmacro %}


{# SQL that quotes columns which hold identifiers, joined by dots. #}
{% macro sql_name() -%}
    {%- for column in varargs -%}
        '"' || replace({{ column }}, '"', '""') || '"' {%- if not loop.last %} || '.' || {% endif -%}
    {%- endfor -%}
{%- endmacro %}


{# SQL that makes a literal of a column's text. #}
{% macro sql_literal(column) -%}
    '''' || replace({{ column }}, '''', '''''') || ''''
{%- endmacro %}
