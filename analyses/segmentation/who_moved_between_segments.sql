-- Who moved between segments, night by night?
-- 'new' entered and 'gone' left. No row where nobody has.
select
    migrations.dataset,
    strptime(left(migrations.generation_id, 8), '%Y%m%d')::date as night,
    coalesce(former.segment_name, if(migrations.from_segment = 0, 'new', 'segment ' || migrations.from_segment)) as from_segment,
    coalesce(present.segment_name, if(migrations.to_segment = 0, 'gone', 'segment ' || migrations.to_segment)) as to_segment,
    sum(migrations.customers) as customers
from segmentation.segment_migrations as migrations
left join segmentation.segments as former
    on migrations.dataset = former.dataset and migrations.from_segment = former.segment_id
left join segmentation.segments as present
    on migrations.dataset = present.dataset and migrations.to_segment = present.segment_id
group by all
order by migrations.dataset asc, night desc, customers desc, from_segment asc, to_segment asc
