-- A segment keeps the rule that named it until that has not fired in segment_rename_builds builds one after the
-- other. Of the others, in order of priority each rule names the most valuable segment for which it fires and which
-- has no name yet, so that no two of a data set share one. What no rule names is told by its id.
with recursive profiles as (
    select * from {{ ref('segment_profiles') }}
),

specs as (
    select * from {{ ref('segmentation_specs') }}
),

rules as (
    select * from {{ ref('persona_rules') }}
    where segment_name is not null
),

naming_rules as (
    select * from {{ ref('segment_naming_rules') }}
),

previous_segments as (
    select * from {{ source('previous_segmentation', 'segments') }}
),

sizes as (
    select
        dataset,
        segment_id,
        count(*) as customers,
        any_value(model_run_id) as model_run_id
    from {{ ref('segment_assignments') }}
    group by dataset, segment_id
),

ranked as (
    select
        sizes.*,
        row_number() over (partition by sizes.dataset order by profiles.mean desc, sizes.segment_id asc) as value_rank,
        sizes.customers / sum(sizes.customers) over (partition by sizes.dataset) as customer_share
    from sizes
    inner join specs using (dataset)
    inner join profiles
        on
            sizes.dataset = profiles.dataset
            and sizes.segment_id = profiles.segment_id
            and specs.value_feature = profiles.feature
),

fired as (
    select * from naming_rules
    where is_true
),

kept as (
    select
        previous_segments.dataset,
        previous_segments.segment_id,
        previous_segments.naming_rule as rule,
        case when fired.rule is null then previous_segments.builds_without_rule + 1 else 0 end as builds_without_rule
    from previous_segments
    inner join sizes using (dataset, segment_id)
    inner join rules on previous_segments.dataset = rules.dataset and previous_segments.naming_rule = rules.rule
    left join fired
        on
            previous_segments.dataset = fired.dataset
            and previous_segments.segment_id = fired.segment_id
            and previous_segments.naming_rule = fired.rule
    where
        previous_segments.naming_rule != 'fallback'
        and (
            fired.rule is not null
            or previous_segments.builds_without_rule + 1 < {{ var('segment_rename_builds') }}
        )
),

unnamed as (
    select
        fired.dataset,
        fired.rule,
        fired.segment_id,
        ranked.value_rank,
        rules.priority
    from fired
    inner join rules using (dataset, rule)
    inner join ranked using (dataset, segment_id)
    anti join kept as named_segments using (dataset, segment_id)
    anti join kept as used_rules using (dataset, rule)
),

contests as (
    select
        dataset,
        rule,
        row_number() over (partition by dataset order by priority, rule) as turn,
        list(segment_id order by value_rank) as contenders
    from unnamed
    group by dataset, rule, priority
),

turns as (
    select
        dataset,
        0::bigint as turn,
        null::varchar as rule,
        null::integer as segment_id,
        []::integer[] as named
    from specs

    union all

    select
        contests.dataset,
        contests.turn,
        contests.rule,
        {{ first_not_in('contests.contenders', 'turns.named') }} as segment_id,
        list_append(turns.named, {{ first_not_in('contests.contenders', 'turns.named') }}) as named
    from turns
    inner join contests on turns.dataset = contests.dataset and turns.turn + 1 = contests.turn
),

named as (
    select
        ranked.*,
        coalesce(kept.rule, turns.rule, 'fallback') as rule,
        coalesce(kept.builds_without_rule, 0) as builds_without_rule
    from ranked
    left join kept using (dataset, segment_id)
    left join turns using (dataset, segment_id)
)

select
    named.dataset,
    named.segment_id,
    replace(coalesce(rules.segment_name, 'Segment {segment_id}'), '{segment_id}', named.segment_id::varchar) as segment_name,
    coalesce(rules.recommended_action, 'Read the profile and add a persona rule for it.') as recommended_action,
    named.rule as naming_rule,
    coalesce(naming_rules.fit_share, 1) as fit_share,
    named.value_rank::integer as value_rank,
    named.customers,
    {{ rounded('named.customer_share') }} as customer_share,
    named.builds_without_rule::integer as builds_without_rule,
    named.model_run_id
from named
left join rules using (dataset, rule)
left join naming_rules using (dataset, segment_id, rule)
order by named.dataset, named.segment_id
