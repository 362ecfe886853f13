{{ config(schema='models') }}

with families as (
    select * from {{ ref('fit_lead_families') }}
)

select
    model_name as model_family,
    calibration,
    calibration_slope as slope,
    calibration_intercept as intercept,
    calibration_scores as raw_scores,
    calibration_probabilities as probabilities
from families
