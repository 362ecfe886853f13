{{ config(schema='models') }}

with families as (
    select * from {{ ref('fit_propensity_families') }}
    where model_run_id is not null
)

select
    dataset,
    model_name as model_family,
    calibration,
    calibration_slope as slope,
    calibration_intercept as intercept,
    calibration_scores as raw_scores,
    calibration_probabilities as probabilities
from families
