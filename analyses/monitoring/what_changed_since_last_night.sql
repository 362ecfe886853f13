-- What changed since last night? Rows of sources, segments, models and drift, one line for each thing that did.
-- No row where nothing has.
select
    kind,
    dataset,
    change
from monitoring.changes
order by change_number
