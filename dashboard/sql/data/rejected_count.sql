-- How many rejected rows the list has.
select count(*) as rejected_rows
from monitoring.rejected_rows
where
    ($source is null or source = $source)
    and (contains(lower(reason), lower($text)) or contains(lower(raw_row), lower($text)))
