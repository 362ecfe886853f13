with lines as (
    select
        lines.*,
        lines.quantity - lines.cancelled_quantity as units,
        (lines.quantity - lines.cancelled_quantity) * lines.unit_price as net_amount,
        case when lines.quantity > lines.cancelled_quantity then lines.customer_id end as buyer,
        sales_days.as_of_date,
        lines.ordered_on >= sales_days.as_of_date - 30 as is_last_30d,
        lines.ordered_on >= sales_days.as_of_date - 90 as is_last_90d
    from {{ ref('order_lines') }} as lines
    inner join {{ ref('sales_days') }} as sales_days using (dataset)
)

select
    dataset,
    product_id,
    max_by(description, (ordered_at, description)) filter (where description is not null) as description,
    min(ordered_on) as first_sold_on,
    max(ordered_on) as last_sold_on,
    max(ordered_on) >= any_value(as_of_date) - {{ var('product_active_days') }} as is_active,
    count(distinct buyer) as buyers,
    sum(units)::bigint as units,
    sum(net_amount)::decimal(18, 4) as net_amount,
    count(distinct buyer) filter (where is_last_30d) as buyers_30d,
    coalesce(sum(units) filter (where is_last_30d), 0)::bigint as units_30d,
    coalesce(sum(net_amount) filter (where is_last_30d), 0)::decimal(18, 4) as net_amount_30d,
    count(distinct buyer) filter (where is_last_90d) as buyers_90d,
    coalesce(sum(units) filter (where is_last_90d), 0)::bigint as units_90d,
    coalesce(sum(net_amount) filter (where is_last_90d), 0)::decimal(18, 4) as net_amount_90d
from lines
group by dataset, product_id
order by dataset, product_id
