{#
    One row per segment of a data set: its size, its rank by value and the name and action of the
    persona rule that fits it.

    A rule fires for a segment when the segment's indices against overall meet all of its
    conditions. A segment keeps the rule that named it until that has not fired in
    segment_rename_builds builds one after the other. Of the others, in order of priority each rule
    names the most valuable segment for which it fires and which has no name yet, so that no two share
    one; a segment that none names gets the name of the rule 'fallback', which tells it by its id.
#}
{% macro name_segments(dataset) %}
    with recursive profiles as (
        select * from {{ ref(dataset ~ '_segment_profiles') }}
    ),

    rules as (
        select * from {{ ref('persona_rules') }} where dataset = '{{ dataset }}'
    ),

    conditions as (
        select * from {{ ref('persona_conditions') }} where dataset = '{{ dataset }}'
    ),

    sizes as (
        select
            segment_id,
            count(*) as customers,
            max(model_run_id) as model_run_id
        from {{ ref(dataset ~ '_segment_assignments') }}
        group by segment_id
    ),

    ranked as (
        select
            sizes.*,
            row_number() over (order by profiles.mean desc, segment_id) as value_rank,
            sizes.customers::double / sum(sizes.customers) over () as customer_share
        from sizes
        inner join profiles using (segment_id)
        where profiles.feature = '{{ segmentation_spec(dataset).value_feature }}'
    ),

    checked as (
        select
            conditions.rule,
            profiles.segment_id,
            coalesce(
                profiles.index_vs_overall >= coalesce(conditions.min_index, profiles.index_vs_overall)
                and profiles.index_vs_overall <= coalesce(conditions.max_index, profiles.index_vs_overall),
                false
            ) as is_met
        from conditions
        inner join profiles using (feature)
    ),

    fired as (
        select
            checked.rule,
            checked.segment_id
        from checked
        inner join (select rule, count(*) as conditions from conditions group by rule) as needed using (rule)
        group by checked.rule, checked.segment_id, needed.conditions
        having count(*) filter (where checked.is_met) = needed.conditions
    ),

    kept as (
        select
            previous.segment_id,
            previous.naming_rule as rule,
            case when fired.rule is null then previous.builds_without_rule + 1 else 0 end as builds_without_rule
        from {{ ref('previous_segments') }} as previous
        inner join sizes on previous.segment_id = sizes.segment_id
        inner join rules on previous.naming_rule = rules.rule
        left join fired on previous.segment_id = fired.segment_id and previous.naming_rule = fired.rule
        where
            previous.dataset = '{{ dataset }}'
            and previous.naming_rule != 'fallback'
            and (fired.rule is not null or previous.builds_without_rule + 1 < {{ var('segment_rename_builds') }})
    ),

    contests as (
        select
            fired.rule,
            row_number() over (order by rules.priority, fired.rule) as turn,
            list(fired.segment_id order by ranked.value_rank) as contenders
        from fired
        inner join rules using (rule)
        inner join ranked using (segment_id)
        where
            fired.rule not in (select kept.rule from kept)
            and fired.segment_id not in (select kept.segment_id from kept)
        group by fired.rule, rules.priority
    ),

    turns as (
        select
            0::bigint as turn,
            null::varchar as rule,
            null::integer as segment_id,
            []::integer[] as named

        union all

        select
            contests.turn,
            contests.rule,
            {{ first_not_in('contests.contenders', 'turns.named') }} as segment_id,
            list_append(turns.named, {{ first_not_in('contests.contenders', 'turns.named') }}) as named
        from turns
        inner join contests on turns.turn + 1 = contests.turn
    )

    select
        '{{ dataset }}' as dataset,
        ranked.segment_id,
        replace(rules.segment_name, '{segment_id}', ranked.segment_id::varchar) as segment_name,
        rules.recommended_action,
        rules.rule as naming_rule,
        ranked.value_rank::integer as value_rank,
        ranked.customers,
        {{ rounded('ranked.customer_share') }} as customer_share,
        coalesce(kept.builds_without_rule, 0)::integer as builds_without_rule,
        ranked.model_run_id
    from ranked
    left join kept using (segment_id)
    left join turns using (segment_id)
    inner join rules on coalesce(kept.rule, turns.rule, 'fallback') = rules.rule
{% endmacro %}


{# The first entry of a list that another list does not hold; null where there is none. #}
{% macro first_not_in(entries, others) -%}
    list_filter({{ entries }}, lambda entry: not list_contains({{ others }}, entry))[1]
{%- endmacro %}
