-- finding: "Bought together: {pair}, in {orders_together:n order}"
-- reading: Pairs that are bought together often, and more often than by chance (lift).
-- nothing: No two products are bought together often enough.
-- chart: bars
-- name: pair
-- value: orders_together
-- unit: orders with both
with names as (
    select
        product_id,
        description
    from sales.product_sales
    where dataset = $dataset
),

-- Often, and more often than by chance.
pairs as (
    select
        *,
        row_number() over (
            order by orders_together * ln(greatest(lift, 1)) desc, product_id asc, other_product_id asc
        ) as pair_rank
    from sales.product_pairs
    where dataset = $dataset and product_id < other_product_id
)

select
    coalesce(own.description, pairs.product_id)
    || ' + ' || coalesce(other.description, pairs.other_product_id) as pair,
    pairs.orders_together,
    pairs.confidence,
    pairs.lift
from pairs
left join names as own on pairs.product_id = own.product_id
left join names as other on pairs.other_product_id = other.product_id
where pairs.pair_rank <= 15
order by pairs.orders_together desc, pair asc
