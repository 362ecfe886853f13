with features as (
    select * from {{ ref('leads_features') }}
),

scores as (
    select * from {{ ref('propensity_scores') }}
    where dataset = 'leads'
),

specs as (
    select * from {{ ref('propensity_specs') }}
    where dataset = 'leads'
),

queue as (
    select
        entity_id,
        row_number() over (order by raw_score desc, entity_id asc) as call_rank
    from scores
    where has_outcome is null
)

select
    features.*,
    features.is_converted is null as is_open,
    scores.probability as conversion_probability,
    scores.score_decile,
    scores.priority,
    queue.call_rank,
    coalesce(queue.call_rank <= specs.capacity, false) as is_call_today,
    scores.reason_1,
    scores.reason_2,
    scores.reason_3,
    scores.counter_reason_1,
    {{ build_moment() }} as scored_at,
    scores.model_run_id
from features
inner join scores on features.lead_id = scores.entity_id
cross join specs
left join queue on features.lead_id = queue.entity_id
order by features.lead_id
