-- Months of which it is known who changed segment, the latest first.
select distinct month
from segmentation.segment_months
where
    dataset = $dataset
    and month > (
        select min(first_months.month) from segmentation.segment_months as first_months
        where first_months.dataset = $dataset
    )
order by month desc
