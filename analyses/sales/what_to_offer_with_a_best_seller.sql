-- What should we offer with a best seller? For the thirty of the last 90 days, what most of their orders hold besides.
with best_sellers as (
    select
        dataset,
        product_id,
        description,
        row_number() over (order by net_amount_90d desc, product_id asc) as place
    from sales.product_sales
)

select
    best_sellers.place,
    best_sellers.description as best_seller,
    others.description as offer_with_it,
    pairs.orders_together,
    round(100 * pairs.confidence, 1) as percent_of_its_orders,
    round(pairs.lift, 1) as times_as_often_as_by_chance
from best_sellers
inner join sales.product_pairs as pairs using (dataset, product_id)
inner join sales.product_sales as others
    on pairs.dataset = others.dataset and pairs.other_product_id = others.product_id
where best_sellers.place <= 30 and others.is_active
qualify row_number() over (partition by best_sellers.place order by pairs.confidence desc, pairs.other_product_id asc) = 1
order by best_sellers.place
