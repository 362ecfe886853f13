with files as (
    select * from {{ ref('raw_files') }}
),

checked_rows as (
    select * from {{ ref('checked_rows') }}
),

verdicts as (
    select
        source,
        file,
        count(*) filter (where reject_reason is null and exclusion_rule is null) as rows_kept,
        count(*) filter (where reject_reason is null and exclusion_rule is null and repairs is not null) as rows_repaired,
        count(*) filter (where reject_reason is not null) as rows_rejected,
        count(*) filter (where reject_reason is null and exclusion_rule is not null) as rows_excluded
    from checked_rows
    group by source, file
)

select
    files.source,
    files.file,
    files.rows_read,
    coalesce(verdicts.rows_kept, 0)::bigint as rows_kept,
    coalesce(verdicts.rows_repaired, 0)::bigint as rows_repaired,
    coalesce(verdicts.rows_rejected, 0)::bigint as rows_rejected,
    coalesce(verdicts.rows_excluded, 0)::bigint as rows_excluded,
    files.delimiter,
    files.encoding
from files
left join verdicts using (source, file)
order by files.source, files.file
