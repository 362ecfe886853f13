with previous_drift as (
    select *
    from {{ source('previous', 'feature_drift') }}
),

inputs as (
    select * from {{ ref('input_drift') }}
),

outputs as (
    select * from {{ population_stability(ref('output_values'), source('previous_models', 'feature_baselines')) }}
),

drift as (
    select
        *,
        false as is_output
    from inputs

    union all

    select
        *,
        true as is_output
    from outputs
)

select
    area,
    dataset,
    feature,
    '{{ generation_id() }}' as generation_id,
    psi,
    n_rows,
    status,
    is_output
from drift

union all

select *
from previous_drift
order by generation_id, area, dataset, feature
