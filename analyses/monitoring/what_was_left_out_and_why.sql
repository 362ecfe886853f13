-- Which rows were rejected, left out or repaired, and for which of the named rules? A row can break several.
with totals as (
    select
        source,
        sum(rows_read) as rows_read
    from monitoring.data_quality
    group by source
)

select
    rules.source,
    rules.rule,
    rules.action,
    rules.rows,
    round(100.0 * rules.rows / totals.rows_read, 2) as percent
from monitoring.data_quality_rules as rules
inner join totals using (source)
order by rules.source asc, rules.rows desc, rules.rule asc
