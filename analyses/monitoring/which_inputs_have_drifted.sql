-- Which inputs or outputs of models moved most since the models were fitted?
select
    area,
    dataset,
    feature,
    is_output,
    round(psi, 3) as population_stability_index,
    n_rows,
    status
from monitoring.feature_drift
where generation_id = (select max(build_info.generation_id) from monitoring.build_info)
order by psi desc nulls last, area asc, dataset asc, feature asc
limit 20
