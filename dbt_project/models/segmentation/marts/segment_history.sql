with previous_history as (
    select
        dataset,
        customer_id,
        valid_from,
        segment_id,
        segment_name,
        is_active,
        valid_to
    from {{ source('previous_segmentation', 'segment_history') }}
),

segments as (
    select * from {{ ref('segments') }}
),

customers as (
    select
        assignments.dataset,
        assignments.customer_id,
        assignments.segment_id,
        segments.segment_name
    from {{ ref('segment_assignments') }} as assignments
    inner join segments using (dataset, segment_id)
),

compared as (
    select
        previous_history.*,
        customers.customer_id is not null as is_here,
        (
            previous_history.segment_id is distinct from customers.segment_id
            or previous_history.segment_name is distinct from customers.segment_name
        ) as is_changed
    from previous_history
    left join customers using (dataset, customer_id)
    where
        previous_history.valid_to is null
        and previous_history.dataset in (select segments.dataset from segments)
),

-- A customer of an enabled source who changed, came back or left. Somebody who left before has no new row.
ended as (
    select * from compared
    where is_changed
),

untouched as (
    select previous_history.*
    from previous_history
    anti join ended using (dataset, customer_id, valid_from)
),

begun as (
    select
        customers.dataset,
        customers.customer_id,
        {{ build_moment() }} as valid_from,
        customers.segment_id,
        customers.segment_name,
        true as is_active,
        null::timestamp as valid_to
    from customers
    left join compared using (dataset, customer_id)
    where compared.customer_id is null or compared.is_changed

    union all

    select
        dataset,
        customer_id,
        {{ build_moment() }} as valid_from,
        null as segment_id,
        null as segment_name,
        false as is_active,
        null as valid_to
    from ended
    where not is_here
)

select * from untouched

union all

select
    dataset,
    customer_id,
    valid_from,
    segment_id,
    segment_name,
    is_active,
    {{ build_moment() }} as valid_to
from ended

union all

select * from begun
order by dataset, customer_id, valid_from
