-- Was last night healthy? Per source what was read, kept and thrown out, and how old its newest row is.
select
    quality.source,
    sum(quality.rows_read) as rows_read,
    sum(quality.rows_kept) as rows_kept,
    sum(quality.rows_rejected) as rows_rejected,
    sum(quality.rows_excluded) as rows_excluded,
    sum(quality.rows_repaired) as rows_repaired,
    round(100 * any_value(health.volume_change), 1) as percent_more_than_before,
    any_value(health.age_in_days) as age_in_days
from monitoring.data_quality as quality
left join monitoring.source_health as health using (source)
group by quality.source
order by quality.source
