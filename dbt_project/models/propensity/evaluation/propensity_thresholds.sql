{{ config(schema='models') }}

-- Each data set chooses its thresholds by one of three policies; all three are worked out. A rule of thumb flags whoever meets it.
with specs as (
    select * from {{ ref('propensity_specs') }}
),

rows as (
    select * from {{ ref('propensity_rows') }}
),

family_scores as (
    select * from {{ ref('propensity_input_scores') }}
    where grid_feature is null and periods_ago = 0
),

present_scores as (
    select * from {{ ref('propensity_out_of_fold_scores') }}
    where is_chosen and repeat = 0
),

previous_scores as (
    select * from {{ source('previous_propensity', 'propensity_evaluation_scores') }}
    where evaluated_on = 'out_of_fold'
),

evaluations as (
    select * from {{ ref('propensity_evaluations') }}
),

previous_thresholds as (
    select * from {{ source('previous_models', 'propensity_thresholds') }}
),

-- Those of the evaluation that is published.
out_of_fold as (
    select
        present_scores.dataset,
        present_scores.model_family,
        present_scores.is_converted,
        present_scores.probability
    from present_scores
    inner join evaluations using (dataset)
    where evaluations.is_evaluated

    union all

    select
        previous_scores.dataset,
        previous_scores.model_family,
        previous_scores.is_converted,
        previous_scores.probability
    from previous_scores
    inner join evaluations using (dataset)
    where not evaluations.is_evaluated
),

cumulated as (
    select distinct
        dataset,
        model_family,
        probability as threshold,
        count(*) over at_least as flagged,
        count_if(is_converted) over at_least as hits,
        count_if(is_converted) over (partition by dataset, model_family) as converted
    from out_of_fold
    window at_least as (partition by dataset, model_family order by probability desc range unbounded preceding)
),

recall_thresholds as (
    select
        cumulated.dataset,
        cumulated.model_family,
        'recall' as policy,
        cumulated.threshold
    from cumulated
    inner join specs using (dataset)
    where cumulated.hits >= specs.min_recall * cumulated.converted
    qualify row_number() over (
        partition by cumulated.dataset, cumulated.model_family
        order by cumulated.hits / cumulated.flagged desc, cumulated.threshold desc
    ) = 1
),

cost_thresholds as (
    select
        cumulated.dataset,
        cumulated.model_family,
        'cost' as policy,
        cumulated.threshold
    from cumulated
    inner join specs using (dataset)
    qualify row_number() over (
        partition by cumulated.dataset, cumulated.model_family
        order by
            (cumulated.converted - cumulated.hits) * specs.cost_of_missed + cumulated.flagged * specs.cost_of_call,
            cumulated.threshold desc
    ) = 1
),

rule_thresholds as (
    select
        dataset,
        model_family,
        'rule' as policy,
        max(threshold) as threshold
    from cumulated
    where model_family = 'analyst_rule'
    group by dataset, model_family
),

queued as (
    select
        family_scores.dataset,
        family_scores.model_family,
        family_scores.probability as threshold,
        row_number() over (
            partition by family_scores.dataset, family_scores.model_family
            order by (rows.split = 'new') desc, family_scores.raw_score desc, family_scores.entity_id asc
        ) as place,
        count_if(rows.split = 'new') over (partition by family_scores.dataset, family_scores.model_family) as new_rows
    from family_scores
    inner join rows using (dataset, entity_id, periods_ago)
),

capacity_thresholds as (
    select
        queued.dataset,
        queued.model_family,
        'capacity' as policy,
        min(queued.threshold) as threshold
    from queued
    inner join specs using (dataset)
    where queued.place <= specs.capacity and (queued.new_rows = 0 or queued.place <= queued.new_rows)
    group by queued.dataset, queued.model_family
),

-- A baseline that has no score tonight has no queue either.
kept_thresholds as (
    select
        previous_thresholds.dataset,
        previous_thresholds.model_family,
        'capacity' as policy,
        previous_thresholds.threshold
    from previous_thresholds
    anti join capacity_thresholds using (dataset, model_family)
),

thresholds as (
    select * from recall_thresholds
    union all
    select * from cost_thresholds
    union all
    select * from rule_thresholds
    union all
    select * from capacity_thresholds
    union all
    select * from kept_thresholds
)

select
    thresholds.dataset,
    thresholds.model_family,
    thresholds.policy,
    thresholds.threshold
from thresholds
inner join specs using (dataset)
where thresholds.policy = case when thresholds.model_family = 'analyst_rule' then 'rule' else specs.threshold_policy end
