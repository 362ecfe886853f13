-- finding: "Most rows fall under {source}: {rule} ({lost}, {action})"
-- nothing: No row was rejected, left out or repaired.
-- chart: bars
-- name: name
-- value: lost
-- unit: rows
-- table: [source, rule, action, lost]
select
    source,
    rule,
    action,
    rows as lost,
    format('{}: {} ({})', source, rule, action) as name
from monitoring.data_quality_rules
where action <> 'flagged' and rows > 0
order by lost desc, source asc, rule asc
limit 20
