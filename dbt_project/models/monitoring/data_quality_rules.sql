with checked_rows as (
    select * from {{ ref('checked_rows') }}
),

broken_rules as (
    select
        source,
        'rejected' as action,
        unnest(string_split(reject_reason, '; ')) as rule
    from checked_rows
    where reject_reason is not null

    union all

    select
        source,
        'excluded' as action,
        unnest(string_split(exclusion_rule, '; ')) as rule
    from checked_rows
    where reject_reason is null and exclusion_rule is not null

    union all

    select
        source,
        'repaired' as action,
        unnest(string_split(repairs, '; ')) as rule
    from checked_rows
    where reject_reason is null and exclusion_rule is null and repairs is not null

    union all

    select
        source,
        'flagged' as action,
        flags as rule
    from checked_rows
    where reject_reason is null and exclusion_rule is null and flags is not null
)

select
    source,
    rule,
    action,
    count(*) as rows
from broken_rules
group by source, rule, action
order by source, rule
