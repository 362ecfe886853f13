-- What figures are made of, each set of scores by itself; and whether the previous generation has figures of the same.
with scores as (
    select * from {{ ref('propensity_evaluation_scores') }}
),

thresholds as (
    select * from {{ ref('propensity_thresholds') }}
),

previous_metrics as (
    select * from {{ source('previous_propensity', 'propensity_model_metrics') }}
),

identified as (
    select
        scores.dataset,
        scores.model_family,
        scores.evaluated_on,
        md5(concat_ws(
            '|',
            count(*),
            bit_xor(md5_number(concat_ws('|', scores.entity_id, scores.is_converted, scores.raw_score, scores.probability))),
            thresholds.threshold,
            {{ evaluation_settings() }}
        )) as scores_fingerprint
    from scores
    inner join thresholds using (dataset, model_family)
    group by scores.dataset, scores.model_family, scores.evaluated_on, thresholds.threshold
),

known as (
    select distinct
        dataset,
        model_family,
        evaluated_on,
        scores_fingerprint
    from previous_metrics
)

select
    identified.dataset,
    identified.model_family,
    identified.evaluated_on,
    identified.scores_fingerprint,
    -- All of a part or none: each is compared with the champion.
    bool_and(known.scores_fingerprint is not null) over (partition by identified.dataset, identified.evaluated_on) as is_known
from identified
left join known using (dataset, model_family, evaluated_on, scores_fingerprint)
