with families as (
    select * from {{ ref('fit_lead_families') }}
),

features as (
    select * from {{ ref('lead_features') }}
),

baselines as (
    select * from {{ ref('lead_baseline_scores') }}
),

fitted as (
    {{ unnested(ref('fit_lead_families'), 'out_of_fold') }}
),

folds as (
    select distinct
        lead_id,
        repeat,
        fold
    from fitted
),

scored as (
    select
        fitted.model_family,
        fitted.imbalance,
        fitted.imbalance = families.imbalance as is_chosen,
        fitted.lead_id,
        fitted.repeat,
        fitted.fold,
        {{ rounded('fitted.raw_score') }} as raw_score,
        {{ rounded(clipped_probability('fitted.model_probability', 'families.n_rows')) }} as model_probability,
        {{ rounded(clipped_probability('fitted.probability', 'families.n_rows')) }} as probability
    from fitted
    inner join families on fitted.model_family = families.model_name
    union all
    select
        baselines.model_family,
        'none' as imbalance,
        true as is_chosen,
        folds.lead_id,
        folds.repeat,
        folds.fold,
        baselines.probability as raw_score,
        baselines.probability as model_probability,
        baselines.probability
    from folds
    inner join baselines using (lead_id)
)

select
    scored.*,
    features.is_converted
from scored
inner join features using (lead_id)
