-- finding: "{rows:n model} in use"
select
    area,
    dataset,
    model_name,
    trained_at,
    n_rows,
    model_run_id
from monitoring.model_runs
where is_served
order by area, dataset, model_name
