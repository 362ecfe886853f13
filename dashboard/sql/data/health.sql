-- finding: "{most}"
-- table: [source, rows_read, previous_rows_read, volume_change, newest_row_at, age_in_days]
select
    source,
    rows_read,
    previous_rows_read,
    volume_change,
    newest_row_at,
    age_in_days,
    coalesce(
        if(max(abs(volume_change)) over () = 0, 'As many rows as the night before', null),
        'Largest change of rows since the night before: '
        || max_by(format('{}, {:+.1f} %', source, 100 * volume_change), abs(volume_change)) over (),
        'The first night: there is nothing to compare with'
    ) as most
from monitoring.source_health
order by source
