-- What is known of each customer of a data set: the columns of its table that are its own.
with columns as (
    select
        column_name,
        data_type,
        comment,
        column_index
    from duckdb_columns()
    where database_name = 'published' and schema_name = 'segmentation' and table_name = $dataset || '_customers'
),

shared as (
    select column_name
    from duckdb_columns()
    where database_name = 'published' and schema_name = 'segmentation' and table_name = 'customer_segments'
)

select
    columns.column_name,
    columns.comment as description,
    columns.data_type not in ('VARCHAR', 'BOOLEAN', 'DATE') and columns.data_type not like 'TIMESTAMP%' as is_number
from columns
anti join shared using (column_name)
order by columns.column_index
