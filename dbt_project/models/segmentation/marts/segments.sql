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
),

conditions as (
    select * from {{ ref('persona_conditions') }}
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

-- A rule fires for a segment whose indices against overall meet all of its conditions.
met as (
    select
        conditions.dataset,
        conditions.rule,
        profiles.segment_id,
        coalesce(
            profiles.index_vs_overall >= coalesce(conditions.min_index, profiles.index_vs_overall)
            and profiles.index_vs_overall <= coalesce(conditions.max_index, profiles.index_vs_overall),
            false
        ) as is_met
    from conditions
    inner join profiles using (dataset, feature)
),

conditions_of_rules as (
    select
        dataset,
        rule,
        count(*) as conditions
    from conditions
    group by dataset, rule
),

fired as (
    select
        met.dataset,
        met.rule,
        met.segment_id
    from met
    inner join conditions_of_rules using (dataset, rule)
    group by met.dataset, met.rule, met.segment_id, conditions_of_rules.conditions
    having count(*) filter (where met.is_met) = conditions_of_rules.conditions
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
)

select
    ranked.dataset,
    ranked.segment_id,
    replace(coalesce(rules.segment_name, 'Segment {segment_id}'), '{segment_id}', ranked.segment_id::varchar) as segment_name,
    coalesce(rules.recommended_action, 'Read the profile and add a persona rule for it.') as recommended_action,
    coalesce(kept.rule, turns.rule, 'fallback') as naming_rule,
    ranked.value_rank::integer as value_rank,
    ranked.customers,
    {{ rounded('ranked.customer_share') }} as customer_share,
    coalesce(kept.builds_without_rule, 0)::integer as builds_without_rule,
    ranked.model_run_id
from ranked
left join kept using (dataset, segment_id)
left join turns using (dataset, segment_id)
left join rules on ranked.dataset = rules.dataset and coalesce(kept.rule, turns.rule, 'fallback') = rules.rule
order by ranked.dataset, ranked.segment_id
