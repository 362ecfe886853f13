-- finding: "Sold most in the last 30 days: {product_name}"
-- nothing: Nothing was sold in the last 30 days.
-- chart: bars
-- name: product_name
-- value: net_amount_30d
-- unit: net sales of the last 30 days
select
    product_id,
    coalesce(description, product_id) as product_name,
    net_amount_30d,
    units_30d,
    buyers_30d,
    net_amount as net_amount_ever,
    last_sold_on
from sales.product_sales
where dataset = $dataset
order by net_amount_30d desc, product_id asc
limit 15
