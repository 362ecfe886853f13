-- In which slices would we lose most customers by calling flagged leads only?
{{ config(enabled=source_enabled('leads')) }}

select
    slice,
    slice_value,
    conversions,
    round(recall, 3) as recall,
    round(conversions * (1 - recall))::integer as customers_missed,
    round(calibration_gap, 3) as calibration_gap
from {{ ref('propensity_slices') }}
where dataset = 'leads' and conversions > 0 and slice != 'all'
order by customers_missed desc, slice asc, slice_value asc
limit 10
