with purchases as (
    select * from {{ ref('ecommerce_purchases') }}
),

assignments as (
    select * from {{ ref('segment_assignments') }}
    where dataset = 'ecommerce'
),

products as (
    select
        product_id,
        mode(description order by description) as description,
        count(distinct customer_id)::double / (select count(*) from assignments) as overall_share
    from purchases
    group by product_id
),

sizes as (
    select
        segment_id,
        count(*) as customers
    from assignments
    group by segment_id
),

bought as (
    select
        assignments.segment_id,
        purchases.product_id,
        count(distinct purchases.customer_id) as buyers
    from purchases
    inner join assignments using (customer_id)
    group by assignments.segment_id, purchases.product_id
),

-- As if so many customers more had bought as everyone does: few buyers make no large lift.
lifted as (
    select
        bought.segment_id,
        bought.product_id,
        products.description,
        bought.buyers,
        {{ rounded(
            "(bought.buyers / products.overall_share + " ~ var('segment_products_shrinkage') ~ ")"
            " / (sizes.customers + " ~ var('segment_products_shrinkage') ~ ")"
        ) }} as lift
    from bought
    inner join products using (product_id)
    inner join sizes using (segment_id)
    where bought.buyers >= {{ var('segment_products_min_buyers') }}
),

ranked as (
    select
        *,
        row_number() over (partition by segment_id order by lift desc, buyers desc, product_id asc) as rank
    from lifted
    where lift > 1
)

select
    'ecommerce' as dataset,
    segment_id,
    rank::integer as rank,
    product_id,
    description,
    buyers,
    lift
from ranked
where rank <= {{ var('products_per_segment') }}
order by segment_id, rank
