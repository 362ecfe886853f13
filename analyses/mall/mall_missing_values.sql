{{ config(enabled=source_enabled('mall')) }}

-- How much is missing, and what was rejected or repaired for it?
with visitors as (
    select * from {{ ref('mall_customers') }}
),

quality as (
    select sum(rows_rejected) as rejected
    from {{ ref('data_quality') }}
    where source = 'mall'
)

select
    count(*) as visitors,
    count(*) filter (where visitors.gender is null) as without_gender,
    count(*) filter (where visitors.gender = 'other') as with_unknown_gender,
    max(quality.rejected) as rejected
from visitors
cross join quality
