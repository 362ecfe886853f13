-- finding: "{moved} of {everyone:n customer} changed segment in {month_name}, most of them from {most}"
-- reading: >
--   From the segment at the end of the month before (row) to the one at the end of the month, or of the data (column), both
--   by tonight's model.
-- nothing: Nobody changed segment in this month.
-- chart: heat
-- column: to_name
-- row: from_name
-- value: customers
-- column_title: to
-- row_title: from
-- order: to_rank
-- table: [from_name, to_name, customers]
with customers as (
    select
        month,
        segment_id,
        lag(segment_id) over (partition by customer_id order by month) as from_segment
    from segmentation.segment_months
    where dataset = $dataset and month in ($month::date, $month::date - interval 1 month)
),

moves as (
    select
        from_segment,
        segment_id as to_segment,
        count(*) as customers,
        sum(count(*)) over () as everyone
    from customers
    where month = $month::date and from_segment is not null
    group by from_segment, segment_id
),

segments as (
    select * from segmentation.segments
    where dataset = $dataset
)

select
    own.segment_name as from_name,
    other.segment_name as to_name,
    other.value_rank as to_rank,
    moves.customers,
    moves.everyone,
    sum(moves.customers) over () as moved,
    strftime($month::date, '%B %Y') as month_name,
    max_by(format('{} to {} ({:,})', own.segment_name, other.segment_name, moves.customers), moves.customers) over () as most
from moves
inner join segments as own on moves.from_segment = own.segment_id
inner join segments as other on moves.to_segment = other.segment_id
where moves.from_segment <> moves.to_segment
order by own.value_rank, other.value_rank
