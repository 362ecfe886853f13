-- Who sends goods back, and how much of the turnover is it?
select
    segment_name,
    count(*) as customers,
    round(100.0 * count(*) filter (where return_share > 0) / count(*), 1) as percent_with_returns,
    round(100 * avg(return_share), 2) as mean_percent_returned,
    count(*) filter (where return_share >= 1) as returned_everything
from segmentation.ecommerce_customers
group by segment_name
order by mean_percent_returned desc, segment_name asc
