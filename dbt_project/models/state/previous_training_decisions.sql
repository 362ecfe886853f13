-- The last decision on each data set, as the previous generation has it.
with decisions as (
    {{ previous_rows(source('previous', 'training_decisions'), {
        'area': 'varchar',
        'dataset': 'varchar',
        'generation_id': 'varchar',
        'outcome': 'varchar',
        'quality': 'double',
        'fit_problem': 'varchar',
        'training_version': 'varchar',
        'spec_fingerprint': 'varchar',
        'model_run_ids': 'varchar[]',
        'considered_at': 'timestamp'
    }) }}
)

select
    *,
    max_by(outcome, generation_id) filter (where outcome != 'scored' and fit_problem is null)
        over (partition by area, dataset) as last_fit_outcome
from decisions
qualify row_number() over (partition by area, dataset order by generation_id desc) = 1
