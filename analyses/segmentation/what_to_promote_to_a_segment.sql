-- What should we promote online to segment 3? What sells lately, and to it more than to others; put another segment_id in.
select
    segments.segment_name,
    products.rank,
    products.product_id,
    products.description,
    products.buyers as buyers_in_segment,
    round(100 * products.buyers / segments.customers, 1) as percent_of_segment,
    round(products.lift, 1) as times_as_often_as_everyone,
    products.recent_buyers,
    products.last_sold_on
from segmentation.segment_product_recommendations as products
inner join segmentation.segments as segments using (dataset, segment_id)
where products.dataset = 'ecommerce' and products.segment_id = 3
order by products.rank
