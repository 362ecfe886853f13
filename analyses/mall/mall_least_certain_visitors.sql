{{ config(enabled=source_enabled('mall')) }}

-- Which visitors are nearly in another segment, and in which segments are they?
select
    segment_name,
    count(*) filter (where confidence < 0.2) as nearly_in_another,
    round(100.0 * count(*) filter (where confidence < 0.2) / count(*), 1) as percent,
    round(avg(confidence), 2) as mean_confidence
from {{ ref('mall_customers') }}
group by segment_name
order by percent desc, segment_name asc
