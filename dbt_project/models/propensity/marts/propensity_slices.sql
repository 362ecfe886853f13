-- Every attribute and pair of attributes that the YAML of the features names as slices, and the whole.
with specs as (
    select * from {{ ref('propensity_specs') }}
),

scores as (
    select
        champion_scores.*,
        case champion_scores.evaluated_on
            when 'holdout' then specs.judged_period
            else specs.training_period
        end as periods_ago
    from {{ ref('propensity_champion_scores') }} as champion_scores
    inner join specs using (dataset)
),

feature_values as (
    select * from {{ ref('propensity_feature_values') }}
),

spec_features as (
    select * from {{ ref('propensity_spec_features') }}
    where is_slice
),

evaluations as (
    select * from {{ ref('propensity_evaluations') }}
),

previous_slices as (
    select * from {{ source('previous_propensity', 'propensity_slices') }}
),

attributes as (
    select
        feature_values.dataset,
        feature_values.entity_id,
        feature_values.periods_ago,
        feature_values.feature,
        coalesce(feature_values.feature_value, 'missing') as feature_value,
        spec_features.slice_number
    from feature_values
    inner join spec_features using (dataset, feature)
),

sliced as (
    select
        dataset,
        entity_id,
        periods_ago,
        'all' as slice,
        'all' as slice_value
    from scores

    union all

    select
        dataset,
        entity_id,
        periods_ago,
        feature as slice,
        feature_value as slice_value
    from attributes

    union all

    select
        attributes.dataset,
        attributes.entity_id,
        attributes.periods_ago,
        concat_ws(' and ', attributes.feature, others.feature) as slice,
        concat_ws(' and ', attributes.feature_value, others.feature_value) as slice_value
    from attributes
    inner join attributes as others
        on
            attributes.dataset = others.dataset
            and attributes.entity_id = others.entity_id
            and attributes.periods_ago = others.periods_ago
            and attributes.slice_number < others.slice_number
),

counted as (
    select
        sliced.dataset,
        sliced.slice,
        sliced.slice_value,
        count(*) as leads,
        count_if(scores.is_converted) as converted,
        count_if(scores.probability >= scores.threshold) as flagged,
        count_if(scores.probability >= scores.threshold and scores.is_converted) as hits,
        {{ exact_avg('scores.probability') }} as mean_probability
    from sliced
    inner join scores using (dataset, entity_id, periods_ago)
    group by sliced.dataset, sliced.slice, sliced.slice_value
),

slices as (
    select
        dataset,
        slice,
        slice_value,
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

select
    slices.*,
    evaluations.evaluated_at
from slices
inner join evaluations using (dataset)
where evaluations.is_evaluated

union all

select previous_slices.* replace (evaluations.evaluated_at as evaluated_at)
from previous_slices
inner join evaluations using (dataset)
where not evaluations.is_evaluated
