with declared as (
    select unnest(published_columns({{ declared_tables() }}, {{ literal(tojson(source_entities().keys() | list)) }}), recursive := true)
)

select
    schema_name,
    table_name,
    column_name,
    description,
    table_description,
    sources,
    declared::json as declared
from declared
order by schema_name, table_name, column_name
