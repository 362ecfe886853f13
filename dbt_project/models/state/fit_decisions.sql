-- What becomes of the fit of each data set in this build, and why.
--   score   the stored fit is applied as it is
--   refit   it is fitted again with what was chosen: parameters, number of segments
--   search  the whole selection is done again
with datasets as (
    select * from {{ ref('modelled_datasets') }}
),

previous_decisions as (
    select * from {{ ref('previous_training_decisions') }}
),

drifted as (
    select
        area,
        dataset,
        string_agg(feature, ', ' order by feature) as features
    from {{ ref('input_drift') }}
    where status = 'drifted'
    group by area, dataset
),

losses as (
    select
        area,
        dataset,
        string_agg(loss, ', ' order by loss) as losses
    from {{ ref('previous_quality_losses') }}
    group by area, dataset
),

compared as (
    select
        datasets.*,
        {{ build_moment() }} as decided_at,
        previous_decisions.model_run_ids,
        previous_decisions.quality as stored_quality,
        drifted.features as drifted_features,
        losses.losses,
        coalesce(list_contains(previous_decisions.model_run_ids, datasets.pinned_model_run_id), false) as is_pinned,
        previous_decisions.dataset is null as is_first,
        coalesce(previous_decisions.last_fit_outcome = 'kept', false) as was_kept,
        previous_decisions.training_version != datasets.training_version as has_other_code,
        previous_decisions.spec_fingerprint != datasets.spec_fingerprint as has_other_parameters,
        date_diff('day', previous_decisions.considered_at, {{ build_moment() }}) as age_in_days
    from datasets
    left join previous_decisions using (area, dataset)
    left join drifted using (area, dataset)
    left join losses using (area, dataset)
),

-- A data set of several areas is pinned in the one that serves the model.
pinned as (
    select
        dataset,
        'var pinned_models: ' || dataset || ' is pinned to ' || any_value(pinned_model_run_id) || ', and what serves is '
        || coalesce(nullif(string_agg(array_to_string(model_run_ids, ', '), ', ' order by area), ''), 'nothing') || '.' as problem
    from compared
    group by dataset
    having any_value(pinned_model_run_id) is not null and not bool_or(is_pinned)
),

triggered as (
    select
        compared.*,
        case
            when pinned.problem is not null then error(pinned.problem)
            when compared.is_pinned then 'pinned'
            when compared.is_first then 'first'
            when '{{ var('training') }}' != 'auto' then 'asked'
            when compared.has_other_code then 'code'
            when compared.has_other_parameters then 'parameters'
            when compared.age_in_days > {{ var('max_model_age_days') }} then 'age'
            when compared.drifted_features is not null then 'drift'
            when compared.losses is not null then 'loss'
            else 'unchanged'
        end as trigger
    from compared
    left join pinned using (dataset)
),

-- After a fit that was worse than the stored one, drift and loss ask for no other before the model is old.
waited as (
    select
        *,
        trigger in ('drift', 'loss') and was_kept as is_waiting
    from triggered
)

select
    area,
    dataset,
    case
        when trigger = 'first' then 'search'
        when trigger = 'asked' then '{{ var('training') }}'
        when trigger in ('pinned', 'unchanged') or is_waiting then 'score'
        else 'refit'
    end as decision,
    case
        when is_waiting then concat_ws(', ', 'drifted or lost quality', drifted_features, losses) || '; the last fit was worse'
        when trigger = 'pinned' then 'pinned'
        when trigger = 'first' then 'nothing is stored'
        when trigger = 'asked' then 'asked for'
        when trigger = 'code' then 'the code or a library has changed'
        when trigger = 'parameters' then 'the parameters have changed'
        when trigger = 'age' then 'last considered ' || age_in_days || ' days ago'
        when trigger = 'drift' then 'drifted: ' || drifted_features
        when trigger = 'loss' then 'quality was lost: ' || losses
        else 'nothing has changed'
    end as reason,
    trigger,
    stored_quality,
    max_quality_loss,
    training_version,
    spec_fingerprint,
    decided_at
from waited
