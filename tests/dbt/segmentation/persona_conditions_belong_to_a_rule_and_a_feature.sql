-- Of a rule for single customers, conditions are on what a customer has.
{{ config(enabled=area_enabled('segmentation')) }}

with conditions as (
    select * from {{ ref('persona_conditions') }}
),

known as (
    select distinct
        rules.dataset,
        rules.rule,
        rules.segment_name,
        profiles.feature
    from {{ ref('persona_rules') }} as rules
    inner join {{ ref('segment_profiles') }} as profiles using (dataset)
)

select conditions.*
from conditions
left join known using (dataset, rule, feature)
where
    (known.rule is null or (known.segment_name is null and conditions.measure <> 'value'))
    and conditions.dataset in (select profiles.dataset from {{ ref('segment_profiles') }} as profiles)
