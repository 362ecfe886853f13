with scores as (
    select * from {{ ref('lead_champion_scores') }}
),

features as (
    select * from {{ ref('lead_features') }}
),

described as (
    select
        scores.is_converted,
        scores.probability,
        scores.probability >= scores.threshold as is_flagged,
        coalesce(features.first_interaction, 'missing') as first_interaction,
        coalesce(features.current_occupation, 'missing') as current_occupation,
        coalesce(features.profile_completed, 'missing') as profile_completed
    from scores
    inner join features using (lead_id)
),

counted as (
    select
        concat_ws(
            ' and ',
            case when grouping(first_interaction) = 0 then 'first_interaction' end,
            case when grouping(current_occupation) = 0 then 'current_occupation' end,
            case when grouping(profile_completed) = 0 then 'profile_completed' end
        ) as slice,
        concat_ws(' and ', first_interaction, current_occupation, profile_completed) as slice_value,
        count(*) as leads,
        count_if(is_converted) as converted,
        count_if(is_flagged) as flagged,
        count_if(is_flagged and is_converted) as hits,
        {{ exact_avg('probability') }} as mean_probability
    from described
    group by cube(first_interaction, current_occupation, profile_completed)
    having grouping(first_interaction) + grouping(current_occupation) + grouping(profile_completed) > 0
),

slices as (
    select
        coalesce(nullif(slice, ''), 'all') as slice,
        coalesce(nullif(slice_value, ''), 'all') as slice_value,
        leads,
        converted::bigint as conversions,
        {{ rounded('converted / leads') }} as conversion_rate,
        {{ rounded(wilson_bound('converted', 'leads', '-')) }} as conversion_rate_ci_low,
        {{ rounded(wilson_bound('converted', 'leads', '+')) }} as conversion_rate_ci_high,
        {{ rounded('hits / nullif(flagged, 0)') }} as precision,
        {{ rounded('hits / nullif(converted, 0)') }} as recall,
        {{ rounded('mean_probability') }} as mean_probability,
        {{ rounded('mean_probability - converted / leads') }} as calibration_gap
    from counted
)

{{ evaluated_rows('slices', source('previous_leads', 'lead_slices')) }}
