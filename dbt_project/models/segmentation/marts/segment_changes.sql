with history as (
    select * from {{ ref('segment_history') }}
    where dataset in {{ sql_list(segmentation_datasets()) }}
),

-- Customers who were there before this build and still are.
stayers as (
    select
        present.dataset,
        former.segment_id as former_id,
        present.segment_id
    from history as present
    inner join history as former using (dataset, customer_id)
    where
        present.is_active and present.valid_to is null
        and former.is_active and former.valid_from < {{ build_moment() }}
        and coalesce(former.valid_to, {{ build_moment() }}) = {{ build_moment() }}
),

shared as (
    select
        dataset,
        former_id,
        segment_id,
        count(*) as customers
    from stayers
    group by all
),

segments as (
    select
        dataset,
        segment_id
    from {{ ref('segments') }}
),

former_segments as (
    select distinct
        dataset,
        former_id
    from shared
),

origins as (
    select
        dataset,
        segment_id,
        max_by(former_id, (customers, -former_id)) as other_id
    from shared
    group by dataset, segment_id
),

heirs as (
    select
        dataset,
        former_id,
        max_by(segment_id, (customers, -segment_id)) as other_id
    from shared
    group by dataset, former_id
)

-- A new segment whose customers mostly come from one that goes on was split off it.
select
    segments.dataset,
    segments.segment_id,
    case when continued.segment_id is null then 'new' else 'split' end as change,
    origins.other_id as other_segment_id
from segments
left join former_segments on segments.dataset = former_segments.dataset and segments.segment_id = former_segments.former_id
left join origins on segments.dataset = origins.dataset and segments.segment_id = origins.segment_id
left join segments as continued on origins.dataset = continued.dataset and origins.other_id = continued.segment_id
where former_segments.former_id is null

union all

-- One that is gone, and whose customers mostly went to one that was there before, was merged into it.
select
    former_segments.dataset,
    former_segments.former_id as segment_id,
    case when continued.former_id is null then 'vanished' else 'merged' end as change,
    heirs.other_id as other_segment_id
from former_segments
inner join heirs on former_segments.dataset = heirs.dataset and former_segments.former_id = heirs.former_id
left join segments on former_segments.dataset = segments.dataset and former_segments.former_id = segments.segment_id
left join former_segments as continued on heirs.dataset = continued.dataset and heirs.other_id = continued.former_id
where segments.segment_id is null
order by dataset, segment_id
