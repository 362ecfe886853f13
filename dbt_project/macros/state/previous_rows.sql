{#
    The rows of a table of the previous published generation, with the columns that are asked for:
    no rows where that generation has no such table, null for a column that it did not yet have.
#}
{% macro previous_rows(previous_relation, columns) %}
    {%- if not execute -%}{{ return('select 1') }}{%- endif -%}
    {%- set known = run_query(
        'select column_name from duckdb_columns() where database_name = ' ~ literal(previous_relation.database)
        ~ ' and schema_name = ' ~ literal(previous_relation.schema) ~ ' and table_name = ' ~ literal(previous_relation.identifier)
    ).columns[0].values() -%}
    select
    {%- for name, data_type in columns.items() %}
        {{ (adapter.quote(name) if name in known else 'null') ~ '::' ~ data_type }} as {{ adapter.quote(name) }}
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
    {%- if known %}
    from {{ previous_relation }}
    {%- else %}
    where false
    {%- endif %}
{% endmacro %}
