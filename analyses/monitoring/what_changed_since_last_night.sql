-- What changed since last night? Sources, models and segments, one line for each thing that did.
-- No row where nothing has.
select
    'rows of ' || source as what,
    previous_rows_read::varchar as before,
    rows_read::varchar as now
from monitoring.source_health
where rows_read is distinct from previous_rows_read

union all

select
    'models of ' || dataset || ' (' || area || ')' as what,
    decision || ': ' || reason as before,
    outcome as now
from monitoring.training_decisions
where generation_id = (select max(build_info.generation_id) from monitoring.build_info) and outcome <> 'scored'

union all

select
    'customers of ' || dataset || ' who entered, left or changed segment' as what,
    null as before,
    sum(customers)::varchar as now
from segmentation.segment_migrations
where generation_id = (select max(build_info.generation_id) from monitoring.build_info)
group by dataset
order by what
