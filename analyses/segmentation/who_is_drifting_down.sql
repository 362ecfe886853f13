-- Who is drifting down? Customers who were in a more valuable segment three months ago, the best ones first.
with months as (
    select
        months.*,
        segments.value_rank,
        dense_rank() over (partition by months.dataset order by months.month desc) as months_ago
    from segmentation.segment_months as months
    inner join segmentation.segments as segments using (dataset, segment_id)
)

select
    latest.dataset,
    latest.customer_id,
    earlier.segment_name as three_months_ago,
    latest.segment_name as today,
    latest.value_rank - earlier.value_rank as ranks_lost
from months as latest
inner join months as earlier using (dataset, customer_id)
where latest.months_ago = 1 and earlier.months_ago = 4 and latest.value_rank > earlier.value_rank
order by earlier.value_rank asc, ranks_lost desc, latest.dataset asc, latest.customer_id asc
