-- finding: "{all_moves:n move} since {since:%Y-%m-%d}, most of them from {most}"
-- reading: Customers who changed segment, from the row to the column, over all nights since the first.
-- nothing: "Nobody has moved yet: this is the first generation, or nobody changed segment since."
-- chart: heat
-- column: to_name
-- row: from_name
-- value: customers
-- column_title: to
-- row_title: from
-- order: to_rank
-- table: [from_name, to_name, customers]
with nights as (
    select *
    from segmentation.segment_migrations
    where dataset = $dataset and from_segment <> to_segment
),

moves as (
    select
        from_segment,
        to_segment,
        sum(customers) as customers,
        min(generation_id) as first_generation
    from nights
    where
        generation_id > (
            select min(all_nights.generation_id)
            from segmentation.segment_migrations as all_nights
            where all_nights.dataset = $dataset
        )
    group by from_segment, to_segment
),

names as (
    select
        segment_id,
        segment_name,
        value_rank
    from segmentation.segments
    where dataset = $dataset
),

named as (
    select
        case
            when moves.from_segment = 0 then 'new customers'
            else coalesce(own.segment_name, 'segment ' || moves.from_segment || ' (gone)')
        end as from_name,
        case
            when moves.to_segment = 0 then 'left'
            else coalesce(other.segment_name, 'segment ' || moves.to_segment || ' (gone)')
        end as to_name,
        own.value_rank as from_rank,
        coalesce(other.value_rank, 1000) as to_rank,
        moves.customers,
        moves.first_generation
    from moves
    left join names as own on moves.from_segment = own.segment_id
    left join names as other on moves.to_segment = other.segment_id
)

select
    from_name,
    to_name,
    to_rank,
    customers,
    sum(customers) over () as all_moves,
    strptime(left(min(first_generation) over (), 8), '%Y%m%d') as since,
    max_by(format('{} to {} ({})', from_name, to_name, customers::bigint), customers) over () as most
from named
order by from_rank nulls last, from_name, to_rank, to_name
