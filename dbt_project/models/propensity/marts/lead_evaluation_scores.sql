with features as (
    select * from {{ ref('lead_features') }}
),

out_of_fold as (
    select * from {{ ref('lead_out_of_fold_scores') }}
    where is_chosen and repeat = 0
),

family_scores as (
    select * from {{ ref('lead_family_scores') }}
),

scores as (
    select
        model_family,
        'out_of_fold' as evaluated_on,
        lead_id,
        is_converted,
        raw_score,
        probability
    from out_of_fold
    union all
    select
        family_scores.model_family,
        'holdout' as evaluated_on,
        family_scores.lead_id,
        features.is_converted,
        family_scores.raw_score,
        family_scores.conversion_probability as probability
    from family_scores
    inner join features using (lead_id)
    where features.split = 'holdout'
)

{{ evaluated_rows('scores', source('previous_leads', 'lead_evaluation_scores')) }}
