with previous_customers as (
    select
        dataset,
        customer_id,
        segment_id as former_id
    from {{ source('previous_segmentation', 'customer_segments') }}
),

customers as (
    select
        dataset,
        customer_id,
        segment_id
    from {{ ref('segment_assignments') }}
),

segments as (
    select distinct
        dataset,
        segment_id
    from customers
),

-- Customers who were there before this build and still are.
shared as (
    select
        customers.dataset,
        previous_customers.former_id,
        customers.segment_id,
        count(*) as customers
    from customers
    inner join previous_customers using (dataset, customer_id)
    group by all
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
