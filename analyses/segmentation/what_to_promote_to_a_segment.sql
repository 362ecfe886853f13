-- What should we promote online to segment 3? What more of it than of everyone buys; put another segment_id into the filter.
select
    segments.segment_name,
    products.rank,
    products.product_id,
    products.description,
    products.buyers,
    round(100 * products.buyers / segments.customers, 1) as percent_of_segment,
    round(products.lift, 1) as times_as_often_as_everyone
from segmentation.segment_product_recommendations as products
inner join segmentation.segments as segments using (dataset, segment_id)
where products.dataset = 'ecommerce' and products.segment_id = 3
order by products.rank
