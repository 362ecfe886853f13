-- How do the online segments sit in the usual cells of recency and frequency?
select
    segment_name,
    rfm_cell,
    count(*) as customers,
    round(100.0 * count(*) / sum(count(*)) over (partition by segment_name), 1) as percent_of_segment,
    sum(monetary_value) as spend,
    round(avg(recency_days)) as mean_days_since_last_order
from segmentation.ecommerce_customers
group by segment_name, rfm_cell
order by segment_name asc, customers desc, rfm_cell asc
