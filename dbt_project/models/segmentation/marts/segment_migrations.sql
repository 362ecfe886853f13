with previous_migrations as (
    select
        dataset,
        generation_id,
        from_segment,
        to_segment,
        customers
    from {{ source('previous_segmentation', 'segment_migrations') }}
),

history as (
    select * from {{ ref('segment_history') }}
),

moves as (
    select
        begun.dataset,
        coalesce(ended.segment_id, 0) as from_segment,
        coalesce(begun.segment_id, 0) as to_segment,
        count(*) as customers
    from history as begun
    left join history as ended
        on
            begun.dataset = ended.dataset
            and begun.customer_id = ended.customer_id
            and begun.valid_from = ended.valid_to
    where begun.valid_from = {{ build_moment() }}
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
-- A segment that was only renamed has not been left.
where from_segment != to_segment
order by dataset, generation_id, from_segment, to_segment
