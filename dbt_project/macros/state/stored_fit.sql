{# What a fit of the previous generation stored: all of its columns, or no row where there is none. #}
{% macro stored_fit(name) %}
    {%- if not execute -%}{{ return('select 1') }}{%- endif -%}
    {%- set tables = run_query(
        "select 1 from duckdb_tables() where database_name = 'previous' and schema_name = 'models' and table_name = " ~ literal(name)
    ) -%}
    {%- if tables.rows | length -%}
        select * from previous.models.{{ adapter.quote(name) }}
    {%- else -%}
        select null::varchar as model_run_id where false
    {%- endif -%}
{% endmacro %}
