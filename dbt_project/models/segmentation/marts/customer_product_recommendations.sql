with products as (
    select * from {{ ref('segment_product_recommendations') }}
),

assignments as (
    select * from {{ ref('segment_assignments') }}
    where dataset = 'ecommerce'
),

bought as (
    select
        customer_id,
        list(distinct product_id order by product_id) as product_ids
    from {{ ref('ecommerce_purchases') }}
    group by customer_id
),

offered as (
    select
        segment_id,
        list(struct_pack(product_id, description, lift) order by rank) as products
    from products
    group by segment_id
),

-- A customer's list is short where the customer has bought most of the segment's products.
chosen as (
    select
        assignments.customer_id,
        assignments.segment_id,
        {{ first_unseen('offered.products', 'product_id', 'bought.product_ids', var('products_per_customer')) }} as products
    from assignments
    inner join offered using (segment_id)
    inner join bought using (customer_id)
),

unnested as (
    select
        customer_id,
        segment_id,
        unnest(range(1, len(products) + 1)) as rank,
        unnest(products, recursive := true) as product
    from chosen
)

select
    'ecommerce' as dataset,
    customer_id,
    rank::integer as rank,
    product_id,
    description,
    segment_id,
    lift as score
from unnested
