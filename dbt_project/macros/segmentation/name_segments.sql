{#
    One row per segment of a data set: its size, its rank by value and the name and action of the
    persona rule that fits it.

    A rule fires for a segment when the segment's indices against overall meet all of its
    conditions. In order of priority each rule names the most valuable segment for which it fires and
    which has no name yet, so that no two share one; a segment that none names gets the name of the
    rule 'fallback', which tells it by its rank.
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
            sizes.customers::double / sum(sizes.customers) over () as customer_share,
            count(*) over () as segments
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

    contests as (
        select
            fired.rule,
            row_number() over (order by rules.priority, fired.rule) as turn,
            list(fired.segment_id order by ranked.value_rank) as contenders
        from fired
        inner join rules using (rule)
        inner join ranked using (segment_id)
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
        replace(replace(rules.segment_name, '{value_rank}', ranked.value_rank::varchar), '{segments}', ranked.segments::varchar) as segment_name,
        rules.recommended_action,
        rules.rule as naming_rule,
        ranked.value_rank::integer as value_rank,
        ranked.customers,
        {{ rounded('ranked.customer_share') }} as customer_share,
        ranked.model_run_id
    from ranked
    left join turns using (segment_id)
    inner join rules on coalesce(turns.rule, 'fallback') = rules.rule
{% endmacro %}


{# The first entry of a list that another list does not hold; null where there is none. #}
{% macro first_not_in(entries, others) -%}
    list_filter({{ entries }}, lambda entry: not list_contains({{ others }}, entry))[1]
{%- endmacro %}
