-- Which models serve, how old are they, and how good were they when they were fitted?
select
    runs.area,
    runs.dataset,
    runs.model_name,
    runs.trained_at::date as trained_on,
    runs.n_rows,
    list(metrics.metric || ' ' || round(metrics.value, 3) order by metrics.metric)[:4] as some_figures
from monitoring.model_runs as runs
left join monitoring.model_run_metrics as metrics using (model_run_id)
where runs.is_served
group by runs.area, runs.dataset, runs.model_name, runs.trained_at, runs.n_rows
order by runs.area, runs.dataset, runs.model_name
