-- Rejected rows, with the line of the file and why.
select
    source,
    file,
    row_number,
    reason,
    raw_row
from monitoring.rejected_rows
where
    ($source is null or source = $source)
    and (contains(lower(reason), lower($text)) or contains(lower(raw_row), lower($text)))
order by source, file, row_number
limit $most offset $skip
