with previous_decisions as (
    select *
    from {{ source('previous', 'training_decisions') }}
),

decisions as (
    select * from {{ ref('fit_decisions') }}
),

outcomes as (
    select
        *,
        {{ is_considered() }} as is_considered
    from {{ ref('fit_outcomes') }}
),

-- A fit that was only applied, or that none could challenge, was last considered when it was last challenged.
last_considered as (
    select * from {{ ref('previous_training_decisions') }}
)

select * from previous_decisions

union all

select
    decisions.area,
    decisions.dataset,
    '{{ generation_id() }}' as generation_id,
    decisions.decision,
    decisions.reason,
    decisions.trigger,
    outcomes.outcome,
    outcomes.quality,
    outcomes.challenger_quality,
    outcomes.fit_problem,
    decisions.max_quality_loss,
    outcomes.model_run_ids,
    case when outcomes.is_considered then decisions.training_version else last_considered.training_version end as training_version,
    case when outcomes.is_considered then decisions.spec_fingerprint else last_considered.spec_fingerprint end as spec_fingerprint,
    case when outcomes.is_considered then decisions.decided_at else last_considered.considered_at end as considered_at
from decisions
inner join outcomes using (area, dataset)
left join last_considered using (area, dataset)
order by generation_id, area, dataset
