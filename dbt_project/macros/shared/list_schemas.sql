{# dbt gives the name in quotes, and dbt-duckdb compares it as it stands: it finds none, and each build creates all schemas again. #}
{% macro duckdb__list_schemas(database) %}
    {{ return(run_query('select schema_name from duckdb_schemas() where database_name = ' ~ literal(database | replace('"', '')))) }}
{% endmacro %}
