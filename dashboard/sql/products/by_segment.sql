-- finding: "{segment_name} buy {product_name} {lift:.1f} times as often as all"
-- reading: Of the 15 products that the segment is shown first, those that it buys more than others come first.
-- nothing: No product stands out in this segment.
-- chart: bars
-- name: product_name
-- value: lift
-- unit: times as often as all customers
-- form: .2f
-- colours: segment
-- table: [rank, product_id, product_name, buyers, lift]
with products as (
    select * from segmentation.segment_product_recommendations
    where dataset = $dataset and segment_id = $segment_id and rank <= 15
)

select
    products.rank,
    products.product_id,
    coalesce(products.description, products.product_id) as product_name,
    products.buyers,
    products.lift,
    segments.segment_id,
    segments.segment_name
from products
inner join segmentation.segments using (dataset, segment_id)
order by products.lift desc, products.rank asc
