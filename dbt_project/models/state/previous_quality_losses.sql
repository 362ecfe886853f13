-- Signs in the previous generation that a stored model no longer fits what it is applied to.
with drift as (
    select
        area,
        dataset,
        feature,
        generation_id,
        status,
        is_output
    from {{ source('previous', 'feature_drift') }}
),

decisions as (
    select * from {{ ref('previous_training_decisions') }}
),

live_outcomes as (
    {% if enabled_areas().get('propensity') %}
    select * from {{ source('previous_propensity', 'propensity_live_outcomes') }}
    {% else %}
    select
        null::varchar as model_run_id,
        null::double as conversion_probability,
        null::boolean as is_converted
    where false
    {% endif %}
),

live_gaps as (
    select
        decisions.area,
        decisions.dataset,
        avg(live_outcomes.is_converted::int) - avg(live_outcomes.conversion_probability) as gap
    from live_outcomes
    inner join decisions on list_contains(decisions.model_run_ids, live_outcomes.model_run_id)
    group by decisions.area, decisions.dataset
    having count(*) >= {{ var('propensity_live_min_outcomes') }}
)

-- After a refit the drift of its generation is that of the fit before.
select
    drift.area,
    drift.dataset,
    drift.feature || ' drifted' as loss
from drift
inner join decisions using (area, dataset, generation_id)
where drift.is_output and drift.status = 'drifted' and decisions.outcome = 'scored'

union all

select
    area,
    dataset,
    printf('conversions are %+.2f off their prediction', gap) as loss
from live_gaps
where abs(gap) > {{ var('propensity_live_max_gap') }}
