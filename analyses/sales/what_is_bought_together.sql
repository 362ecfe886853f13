-- What is bought together? The pairs that go together most, among those with enough orders; each pair once.
select
    pairs.product_id,
    products.description as product,
    pairs.other_product_id,
    others.description as goes_with,
    pairs.orders_together,
    round(100 * pairs.confidence, 1) as percent_of_its_orders,
    round(pairs.lift, 1) as times_as_often_as_by_chance
from sales.product_pairs as pairs
inner join sales.product_sales as products using (dataset, product_id)
inner join sales.product_sales as others
    on pairs.dataset = others.dataset and pairs.other_product_id = others.product_id
where products.is_active and others.is_active and pairs.product_id < pairs.other_product_id
order by pairs.lift desc, pairs.product_id asc, pairs.other_product_id asc
limit 30
