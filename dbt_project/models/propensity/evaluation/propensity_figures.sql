-- The nine figures of every set of scores: of each fold, of each fold by treatment of imbalance, and of each part of the data as it
-- is (resample 0) and resampled. Tied scores count half in the ROC AUC, share one precision in the average precision (both as in
-- scikit-learn), and enter the first decile by their mean. Parts whose figures the previous generation has are left out.
with out_of_fold as (
    select * from {{ ref('propensity_out_of_fold_scores') }}
),

evaluation_scores as (
    select * from {{ ref('propensity_evaluation_scores') }}
),

thresholds as (
    select * from {{ ref('propensity_thresholds') }}
),

new_sets as (
    select * from {{ ref('propensity_score_sets') }}
    where not is_known
),

scores as (
    select
        dataset,
        model_family,
        null as imbalance,
        null as evaluated_on,
        repeat,
        fold,
        entity_id,
        is_converted,
        raw_score,
        probability,
        0.5 as threshold
    from out_of_fold
    where is_chosen

    union all

    select
        dataset,
        model_family,
        imbalance,
        null as evaluated_on,
        repeat,
        fold,
        entity_id,
        is_converted,
        raw_score,
        model_probability as probability,
        0.5 as threshold
    from out_of_fold
    where repeat = 0

    union all

    select
        evaluation_scores.dataset,
        evaluation_scores.model_family,
        null as imbalance,
        evaluation_scores.evaluated_on,
        null as repeat,
        null as fold,
        evaluation_scores.entity_id,
        evaluation_scores.is_converted,
        evaluation_scores.raw_score,
        evaluation_scores.probability,
        thresholds.threshold
    from evaluation_scores
    inner join thresholds using (dataset, model_family)
    semi join new_sets using (dataset, model_family, evaluated_on)
),

-- Whole numbers and not names, because millions of resampled rows are grouped by them.
numbered as (
    select
        *,
        dense_rank() over (order by dataset, model_family, imbalance, evaluated_on, repeat, fold) as score_set,
        dense_rank() over (order by dataset, entity_id) as entity_number
    from scores
),

score_sets as (
    select distinct
        score_set,
        dataset,
        model_family,
        imbalance,
        evaluated_on,
        repeat,
        fold
    from numbered
),

entities as (
    select distinct
        entity_number,
        entity_id
    from numbered
    where evaluated_on is not null
),

draws as (
    select unnest(range({{ var('propensity_bootstrap_resamples') }} + 1)) as resample
),

shares as (
    select
        entities.entity_number,
        draws.resample,
        {{ md5_share("entities.entity_id || ' ' || draws.resample") }} as share
    from entities
    cross join draws
),

-- Whole numbers as doubles add up exactly, and faster than as integers.
weights as (
    select
        entity_number,
        resample,
        case when resample = 0 then 1 else {{ poisson_weight('share') }} end::double as weight
    from shares
    where weight > 0
),

resampled as (
    select
        numbered.score_set,
        numbered.is_converted,
        numbered.raw_score,
        numbered.probability,
        numbered.threshold,
        weights.resample,
        weights.weight
    from numbered
    inner join weights using (entity_number)
    where numbered.evaluated_on is not null

    union all

    select
        score_set,
        is_converted,
        raw_score,
        probability,
        threshold,
        0 as resample,
        1 as weight
    from numbered
    where evaluated_on is null
),

totals as (
    select
        score_set,
        resample,
        sum(weight) as all_rows,
        sum(weight * is_converted::int) as all_converted,
        sum(weight * (probability >= threshold)::int) as flagged,
        sum(weight * (probability >= threshold and is_converted)::int) as hits,
        sum(weight * (probability - is_converted::int) ** 2) as squared_error,
        -sum(weight * ln(case when is_converted then probability else 1 - probability end)) as log_loss
    from resampled
    group by score_set, resample
),

tied as (
    select
        score_set,
        resample,
        raw_score,
        sum(weight) as tied_rows,
        sum(weight * is_converted::int) as converted
    from resampled
    group by score_set, resample, raw_score
),

cumulated as (
    select
        score_set,
        resample,
        tied_rows,
        converted,
        sum(tied_rows) over best_first as rows_at_least,
        sum(converted) over best_first as converted_at_least
    from tied
    window best_first as (partition by score_set, resample order by raw_score desc rows unbounded preceding)
),

placed as (
    select
        cumulated.*,
        cumulated.rows_at_least - cumulated.converted_at_least - (cumulated.tied_rows - cumulated.converted) / 2 as lost_above,
        greatest(0, least(
            cumulated.tied_rows, ceil(totals.all_rows / 10) - cumulated.rows_at_least + cumulated.tied_rows
        )) as rows_in_first_decile
    from cumulated
    inner join totals using (score_set, resample)
),

ranked as (
    select
        score_set,
        resample,
        sum(converted * lost_above) as misordered_pairs,
        sum(converted * converted_at_least / rows_at_least) as summed_precision,
        sum(converted / tied_rows * rows_in_first_decile) / sum(rows_in_first_decile) as first_decile_rate
    from placed
    group by score_set, resample
)

select
    score_sets.dataset,
    score_sets.model_family,
    score_sets.imbalance,
    score_sets.evaluated_on,
    score_sets.repeat,
    score_sets.fold,
    totals.resample,
    (totals.all_rows - totals.all_converted - totals.flagged + 2 * totals.hits) / totals.all_rows as accuracy,
    coalesce(totals.hits / nullif(totals.flagged, 0), 0) as precision,
    totals.hits / nullif(totals.all_converted, 0) as recall,
    2 * totals.hits / nullif(totals.flagged + totals.all_converted, 0) as f1,
    1 - ranked.misordered_pairs / nullif(totals.all_converted * (totals.all_rows - totals.all_converted), 0) as roc_auc,
    ranked.summed_precision / nullif(totals.all_converted, 0) as average_precision,
    totals.squared_error / totals.all_rows as brier,
    totals.log_loss / totals.all_rows as log_loss,
    ranked.first_decile_rate / nullif(totals.all_converted / totals.all_rows, 0) as first_decile_lift
from totals
inner join ranked using (score_set, resample)
inner join score_sets using (score_set)
