-- The last decision on each data set, as the previous generation has it.
with decisions as (
    select
        area,
        dataset,
        generation_id,
        outcome,
        quality,
        fit_problem,
        training_version,
        spec_fingerprint,
        model_run_ids,
        considered_at
    from {{ source('previous', 'training_decisions') }}
)

select
    *,
    max_by(outcome, generation_id) filter (where {{ is_considered() }})
        over (partition by area, dataset) as last_fit_outcome
from decisions
qualify row_number() over (partition by area, dataset order by generation_id desc) = 1
