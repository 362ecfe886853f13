{{ config(enabled=source_enabled('ecommerce')) }}

-- Which lines are left out, and for which of the named rules? A line can break several.
with rules as (
    select * from {{ ref('data_quality_rules') }}
),

read as (
    select sum(rows_read) as lines
    from {{ ref('data_quality') }}
    where source = 'ecommerce'
)

select
    rules.rule,
    rules.action,
    rules.rows as broken,
    round(100.0 * rules.rows / read.lines, 2) as percent
from rules
cross join read
where rules.source = 'ecommerce'
order by broken desc, rules.rule asc
