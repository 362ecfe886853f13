-- finding: "{segment_name} buy {product_name} {lift} times as often as all"
-- nothing: No product stands out in this segment.
-- chart: bars
-- name: product_name
-- value: lift
-- unit: times as often as all customers
-- form: .1f
-- colours: segment
-- table: [rank, product_id, product_name, buyers, lift]
select
    products.rank,
    products.product_id,
    coalesce(products.description, products.product_id) as product_name,
    products.buyers,
    products.lift,
    segments.segment_id,
    segments.segment_name
from segmentation.segment_product_recommendations as products
inner join segmentation.segments using (dataset, segment_id)
where products.dataset = $dataset and products.segment_id = $segment_id
order by products.rank
limit 15
