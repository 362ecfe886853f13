with families as (
    select * from {{ ref('fit_lead_families') }}
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
        fold,
        is_converted
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
        {{ rounded(clipped_probability('fitted.probability', 'families.n_rows')) }} as probability,
        fitted.is_converted
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
        baselines.probability,
        folds.is_converted
    from folds
    inner join baselines using (lead_id)
)

select * from scored
