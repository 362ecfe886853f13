with assignments as (
    select * from {{ ref('segment_assignments') }}
),

segments as (
    select * from {{ ref('segments') }}
),

rules as (
    select * from {{ ref('persona_rules') }}
    where segment_name is null
),

conditions as (
    select * from {{ ref('persona_conditions') }}
),

feature_values as (
    select * from {{ ref('customer_feature_values') }}
),

-- A rule without a name is one for single customers: whoever meets it gets its action.
exceptions as (
    select
        feature_values.dataset,
        feature_values.customer_id,
        rules.rule,
        rules.recommended_action
    from rules
    inner join conditions using (dataset, rule)
    inner join feature_values using (dataset, feature)
    group by feature_values.dataset, feature_values.customer_id, rules.rule, rules.priority, rules.recommended_action
    having bool_and({{ is_within('feature_values.number_value', 'conditions.minimum', 'conditions.maximum') }})
    qualify row_number() over (
        partition by feature_values.dataset, feature_values.customer_id order by rules.priority asc, rules.rule asc
    ) = 1
)

select
    assignments.dataset,
    assignments.customer_id,
    assignments.segment_id,
    segments.segment_name,
    coalesce(exceptions.recommended_action, segments.recommended_action) as recommended_action,
    exceptions.rule as exception_rule,
    assignments.distance,
    assignments.confidence,
    assignments.next_segment_id,
    next_segments.segment_name as next_segment_name,
    assignments.model_run_id
from assignments
inner join segments using (dataset, segment_id)
left join exceptions using (dataset, customer_id)
left join segments as next_segments
    on
        assignments.dataset = next_segments.dataset
        and assignments.next_segment_id = next_segments.segment_id
