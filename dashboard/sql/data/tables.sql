-- finding: "{tables:n table} with {all_rows:n row}"
-- table: [table_name, table_rows, description]
select
    schema_name || '.' || table_name as table_name,
    estimated_size as table_rows,
    comment as description,
    count(*) over () as tables,
    sum(estimated_size) over () as all_rows
from duckdb_tables()
where database_name = 'published'
order by table_name
