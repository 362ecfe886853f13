{{ config(schema='models') }}

with families as (
    select * from {{ ref('fit_propensity_families') }}
    where model_run_id is not null
),

without_a_fifth as (
    {{ unnested('families', 'judging_calibrators') }}
)

select
    dataset,
    model_name as model_family,
    0 as left_out_fifth,
    calibration,
    calibration_slope as slope,
    calibration_intercept as intercept,
    calibration_scores as raw_scores,
    calibration_probabilities as probabilities
from families

union all

select
    dataset,
    model_family,
    left_out_fifth::integer as left_out_fifth,
    calibration,
    slope,
    intercept,
    raw_scores,
    probabilities
from without_a_fifth
