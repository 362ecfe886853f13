with specs as (
    select * from {{ ref('propensity_specs') }}
),

rows as (
    select * from {{ ref('propensity_rows') }}
    where periods_ago = 0
),

family_scores as (
    select * from {{ ref('propensity_input_scores') }}
    where grid_feature is null and periods_ago = 0
),

models as (
    select * from {{ ref('propensity_models') }}
    where is_champion
),

reasons as (
    select * from {{ ref('propensity_reasons') }}
),

thresholds as (
    select * from {{ ref('propensity_thresholds') }}
),

-- Of rows that the champion was fitted on, what it said of them while they were held out.
out_of_fold as (
    select
        dataset,
        model_family,
        entity_id,
        'train' as split,
        probability
    from {{ ref('propensity_out_of_fold_scores') }}
    where is_chosen and repeat = 0
),

champion_scores as (
    select
        family_scores.*,
        models.base_value,
        models.model_run_id,
        thresholds.threshold,
        family_scores.probability >= thresholds.threshold as is_predicted
    from family_scores
    inner join models using (dataset, model_family)
    inner join thresholds using (dataset, model_family)
)

select
    scores.dataset,
    scores.entity_id,
    specs.outcome,
    rows.has_outcome,
    rows.split,
    scores.raw_score,
    scores.base_value,
    scores.probability,
    coalesce(out_of_fold.probability, scores.probability) as unseen_probability,
    (ntile(10) over (partition by scores.dataset order by scores.raw_score desc, scores.entity_id asc))::integer as score_decile,
    count(*) over (partition by scores.dataset, scores.raw_score) as rows_with_score,
    case
        when not scores.is_predicted then 'cold'
        when scores.probability >= specs.hot_probability then 'hot'
        else 'warm'
    end as priority,
    scores.is_predicted,
    scores.threshold,
    reasons.reason_1,
    reasons.reason_2,
    reasons.reason_3,
    reasons.counter_reason_1,
    scores.model_family,
    scores.model_run_id
from champion_scores as scores
inner join specs using (dataset)
inner join rows using (dataset, entity_id)
inner join reasons using (dataset, entity_id)
left join out_of_fold
    on
        scores.dataset = out_of_fold.dataset
        and scores.model_family = out_of_fold.model_family
        and scores.entity_id = out_of_fold.entity_id
        and rows.split = out_of_fold.split
