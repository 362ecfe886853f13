-- In which slices would we lose most customers by calling flagged leads only?
select
    slice,
    slice_value,
    conversions as customers,
    round(100 * recall, 1) as percent_found,
    round(conversions * (1 - recall))::integer as customers_missed,
    round(calibration_gap, 3) as calibration_gap
from propensity.propensity_slices
where dataset = 'leads' and conversions > 0 and slice <> 'all'
order by customers_missed desc, slice asc, slice_value asc
limit 10
