{{ config(enabled=source_enabled('ecommerce')) }}

-- How do the segments sit in the usual cells of recency and frequency?
select
    segment_name,
    rfm_cell,
    count(*) as customers,
    sum(monetary_value) as monetary_value
from {{ ref('ecommerce_customers') }}
group by segment_name, rfm_cell
order by segment_name asc, customers desc, rfm_cell asc
