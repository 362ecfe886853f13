-- The sources with rejected rows.
select distinct source from monitoring.rejected_rows
order by source
