{{ config(enabled=area_enabled('segmentation')) }}

with conditions as (
    select * from {{ ref('persona_conditions') }}
),

known as (
    select distinct
        rules.dataset,
        rules.rule,
        profiles.feature
    from {{ ref('persona_rules') }} as rules
    inner join {{ ref('segment_profiles') }} as profiles using (dataset)
)

select conditions.*
from conditions
left join known using (dataset, rule, feature)
where
    known.rule is null
    and conditions.dataset in (select profiles.dataset from {{ ref('segment_profiles') }} as profiles)
