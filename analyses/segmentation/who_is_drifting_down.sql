-- Who is drifting down? Online customers in a less valuable segment than three months ago; the largest spend first.
-- No row where nobody is.
with months as (
    select
        months.*,
        segments.value_rank,
        dense_rank() over (order by months.month desc) as months_ago
    from segmentation.segment_months as months
    inner join segmentation.segments as segments using (dataset, segment_id)
    where months.dataset = 'ecommerce'
)

select
    customers.customer_id,
    customers.monetary_value,
    customers.frequency as orders,
    customers.recency_days as days_since_last_order,
    earlier.segment_name as three_months_ago,
    latest.segment_name as today,
    customers.recommended_action
from months as latest
inner join months as earlier using (customer_id)
inner join segmentation.ecommerce_customers as customers using (customer_id)
where latest.months_ago = 1 and earlier.months_ago = 4 and latest.value_rank > earlier.value_rank
order by customers.monetary_value desc, customers.customer_id asc
limit 50
