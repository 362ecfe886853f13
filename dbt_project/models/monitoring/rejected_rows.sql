with checked_rows as (
    select * from {{ ref('checked_rows') }}
)

select
    source,
    file,
    row_number,
    reject_reason as reason,
    masked_raw_row(source, file, raw_row, {{ literal(tojson(mapping_var('masked_columns'))) }}) as raw_row
from checked_rows
where reject_reason is not null
order by source, file, row_number
