-- Which products sell more than they used to? Those whose last 30 days are furthest above their own 90.
select
    product_id,
    description,
    buyers_30d,
    buyers_90d,
    round(net_amount_30d) as net_amount_30d,
    round(net_amount_90d) as net_amount_90d,
    round(3.0 * buyers_30d / buyers_90d, 2) as times_its_usual_buyers
from sales.product_sales
where buyers_30d >= 30
order by times_its_usual_buyers desc, buyers_30d desc, product_id asc
limit 30
