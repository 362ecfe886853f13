with previous_migrations as (
    select
        dataset,
        generation_id,
        from_segment,
        to_segment,
        customers
    from {{ source('previous_segmentation', 'segment_migrations') }}
),

previous_customers as (
    select
        dataset,
        customer_id,
        segment_id
    from {{ source('previous_segmentation', 'customer_segments') }}
),

customers as (
    select
        dataset,
        customer_id,
        segment_id
    from {{ ref('segment_assignments') }}
),

datasets as (
    select distinct dataset
    from customers
),

-- Nobody leaves a data set that is switched off.
moves as (
    select
        dataset,
        coalesce(previous_customers.segment_id, 0) as from_segment,
        coalesce(customers.segment_id, 0) as to_segment,
        count(*) as customers
    from customers
    full join previous_customers using (dataset, customer_id)
    where dataset in (select datasets.dataset from datasets)
    group by all
)

select * from previous_migrations

union all

select
    dataset,
    '{{ generation_id() }}' as generation_id,
    from_segment,
    to_segment,
    customers
from moves
where from_segment != to_segment
order by dataset, generation_id, from_segment, to_segment
