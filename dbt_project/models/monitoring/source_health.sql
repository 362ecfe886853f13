with checked_rows as (
    select * from {{ ref('checked_rows') }}
),

data_quality as (
    select
        source,
        sum(rows_read)::bigint as rows_read
    from {{ ref('data_quality') }}
    group by source
),

previous_data_quality as (
    select * from {{ source('previous', 'data_quality') }}
),

previous_volumes as (
    select
        source,
        sum(rows_read)::bigint as rows_read
    from previous_data_quality
    group by source
),

newest_rows as (
    select
        source,
        max(row_at) as newest_row_at
    from checked_rows
    where reject_reason is null and exclusion_rule is null
    group by source
)

select
    data_quality.source,
    data_quality.rows_read,
    previous_volumes.rows_read as previous_rows_read,
    {{ rounded('data_quality.rows_read / nullif(previous_volumes.rows_read, 0) - 1') }} as volume_change,
    newest_rows.newest_row_at,
    date_diff('day', newest_rows.newest_row_at, {{ build_moment() }})::integer as age_in_days
from data_quality
left join previous_volumes using (source)
left join newest_rows using (source)
order by data_quality.source
