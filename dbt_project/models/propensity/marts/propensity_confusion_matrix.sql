with scores as (
    select * from {{ ref('propensity_evaluation_scores') }}
),

thresholds as (
    select * from {{ ref('propensity_thresholds') }}
),

outcomes as (
    select unnest([true, false]) as is_converted
)

select
    scores.dataset,
    scores.model_family,
    scores.evaluated_on,
    outcomes.is_converted,
    predictions.is_converted as is_predicted_conversion,
    count_if(
        scores.is_converted = outcomes.is_converted
        and (scores.probability >= thresholds.threshold) = predictions.is_converted
    )::bigint as leads,
    scores.evaluated_at
from scores
inner join thresholds using (dataset, model_family)
cross join outcomes
cross join outcomes as predictions
group by
    scores.dataset, scores.model_family, scores.evaluated_on, scores.evaluated_at, outcomes.is_converted, predictions.is_converted
