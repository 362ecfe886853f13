-- What is different from the night before, in sentences; nothing where all is as it was.
select format('{}: {}.', dataset, change) as change
from monitoring.changes
order by change_number
