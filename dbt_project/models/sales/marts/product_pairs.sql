-- What is bought together. What came back is left out, and so are orders so large that they say little of what goes with what.
with orders as (
    select
        dataset,
        order_id
    from {{ ref('orders') }}
    where units > 0
    qualify
        row_number() over (partition by dataset order by ordered_at desc, order_id asc)
        <= {{ mapping_var('product_pairs_limits').orders }}
),

baskets as (
    select
        lines.dataset,
        lines.order_id,
        lines.product_id
    from {{ ref('order_lines') }} as lines
    semi join orders using (dataset, order_id)
    where lines.quantity > lines.cancelled_quantity
    group by lines.dataset, lines.order_id, lines.product_id
    qualify
        count(*) over (partition by lines.dataset, lines.order_id) <= {{ mapping_var('product_pairs_limits').products_per_order }}
),

totals as (
    select
        dataset,
        count(distinct order_id) as orders
    from baskets
    group by dataset
),

-- A pair has no more orders than either of its products.
products as (
    select
        dataset,
        product_id,
        count(*) as orders,
        row_number() over (order by dataset, product_id) as product_number
    from baskets
    group by dataset, product_id
    having count(*) >= {{ var('product_pairs_min_orders') }}
),

-- Numbers and not names, because millions of pairs are counted by them.
numbered as (
    select
        products.product_number,
        dense_rank() over (order by baskets.dataset, baskets.order_id) as order_number
    from baskets
    inner join products using (dataset, product_id)
),

counted as (
    select
        baskets.product_number,
        others.product_number as other_number,
        count(*) as orders_together
    from numbered as baskets
    inner join numbered as others using (order_number)
    where baskets.product_number < others.product_number
    group by baskets.product_number, other_number
    having count(*) >= {{ var('product_pairs_min_orders') }}
),

both_ways as (
    select * from counted
    union all
    select
        other_number as product_number,
        product_number as other_number,
        orders_together
    from counted
),

measured as (
    select
        products.dataset,
        products.product_id,
        others.product_id as other_product_id,
        both_ways.orders_together,
        {{ rounded('both_ways.orders_together / totals.orders') }} as support,
        {{ rounded('both_ways.orders_together / products.orders') }} as confidence,
        {{ rounded('both_ways.orders_together * totals.orders / (products.orders * others.orders)') }} as lift
    from both_ways
    inner join products using (product_number)
    inner join products as others on both_ways.other_number = others.product_number
    inner join totals on products.dataset = totals.dataset
),

ranked as (
    select
        *,
        row_number() over (
            partition by dataset, product_id
            order by lift desc, orders_together desc, other_product_id asc
        )::integer as rank
    from measured
)

select
    dataset,
    product_id,
    other_product_id,
    orders_together,
    support,
    confidence,
    lift,
    rank
from ranked
where rank <= {{ var('product_pairs_per_product') }}
order by dataset, product_id, rank
