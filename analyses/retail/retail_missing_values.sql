{{ config(enabled=source_enabled('retail')) }}

-- How much is missing, and what was rejected or repaired for it?
with rules as (
    select * from {{ ref('data_quality_rules') }}
),

read as (
    select sum(rows_read) as lines
    from {{ ref('data_quality') }}
    where source = 'retail'
)

select
    rules.rule,
    rules.action,
    rules.rows as broken,
    round(100.0 * rules.rows / read.lines, 2) as percent
from rules
cross join read
where rules.source = 'retail'
order by broken desc, rules.rule asc
