{{ config(schema='models') }}

{% set policy = var('lead_threshold_policy') %}

with
{% if policy == 'capacity' %}
family_scores as (
    select * from {{ ref('lead_family_scores') }}
),

features as (
    select * from {{ ref('lead_features') }}
),

queued as (
    select
        family_scores.model_family,
        family_scores.conversion_probability as threshold,
        row_number() over (
            partition by family_scores.model_family
            order by features.split = 'new' desc, family_scores.raw_score desc, family_scores.lead_id asc
        ) as place,
        count_if(features.split = 'new') over (partition by family_scores.model_family) as new_leads
    from family_scores
    inner join features using (lead_id)
),

previous_thresholds as (
    {{ previous_rows(source('previous_models', 'lead_thresholds'), {
        'model_family': 'varchar',
        'policy': 'varchar',
        'threshold': 'double'
    }) }}
),
{% else %}
out_of_fold as (
    select * from {{ ref('lead_evaluation_scores') }}
    where evaluated_on = 'out_of_fold'
),

cumulated as (
    select distinct
        model_family,
        probability as threshold,
        count(*) over at_least as flagged,
        count_if(is_converted) over at_least as hits,
        count_if(is_converted) over (partition by model_family) as converted
    from out_of_fold
    window at_least as (partition by model_family order by probability desc range unbounded preceding)
),
{% endif %}

chosen as (
    {% if policy == 'recall' %}
    select
        model_family,
        threshold
    from cumulated
    where hits >= {{ var('lead_min_recall') }} * converted
    qualify row_number() over (partition by model_family order by hits / flagged desc, threshold desc) = 1
    {% elif policy == 'cost' %}
    select
        model_family,
        threshold
    from cumulated
    qualify row_number() over (
        partition by model_family
        order by
            (converted - hits) * {{ var('lead_cost_of_missed_lead') }} + flagged * {{ var('lead_cost_of_call') }},
            threshold desc
    ) = 1
    {% elif policy == 'capacity' %}
    select
        model_family,
        min(threshold) as threshold
    from queued
    where place <= {{ var('lead_capacity') }} and (new_leads = 0 or place <= new_leads)
    group by model_family
    {% endif %}
)

select
    model_family,
    '{{ policy }}' as policy,
    threshold
from chosen
{% if policy == 'capacity' %}

union all

-- A baseline that has no score tonight has no queue either.
select previous_thresholds.*
from previous_thresholds
anti join chosen using (model_family)
{% endif %}
