with families as (
    select * from {{ ref('fit_propensity_families') }}
    where model_run_id is not null
),

baselines as (
    select baseline_scores.*
    from {{ ref('propensity_baseline_scores') }} as baseline_scores
    inner join {{ ref('propensity_specs') }} as specs
        on baseline_scores.dataset = specs.dataset and baseline_scores.periods_ago = specs.training_period
),

fitted as (
    {{ unnested(ref('fit_propensity_families'), 'out_of_fold') }}
),

folds as (
    select distinct
        dataset,
        entity_id,
        repeat,
        fold,
        has_outcome
    from fitted
),

scored as (
    select
        fitted.dataset,
        fitted.model_family,
        fitted.imbalance,
        fitted.imbalance = families.imbalance as is_chosen,
        fitted.entity_id,
        fitted.repeat,
        fitted.fold,
        {{ rounded('fitted.raw_score') }} as raw_score,
        {{ rounded(clipped_probability('fitted.model_probability', 'families.n_rows')) }} as model_probability,
        {{ rounded(clipped_probability('fitted.probability', 'families.n_rows')) }} as probability,
        fitted.has_outcome as is_converted
    from fitted
    inner join families on fitted.dataset = families.dataset and fitted.model_family = families.model_name
    union all
    select
        folds.dataset,
        baselines.model_family,
        'none' as imbalance,
        true as is_chosen,
        folds.entity_id,
        folds.repeat,
        folds.fold,
        baselines.raw_score,
        baselines.probability as model_probability,
        baselines.probability,
        folds.has_outcome as is_converted
    from folds
    inner join baselines using (dataset, entity_id)
)

select * from scored
