-- The products of the kept ratings, with the rules on showing them.
with ratings as (
    select * from {{ ref('kept_ratings') }}
),

rules as (
    select * from {{ ref('recommendation_product_rules') }}
),

products as (
    select
        dataset,
        product_id,
        max_by(product_name, (coalesce(rated_at, '-infinity'), product_name)) as product_name,
        count(distinct user_id) as ratings
    from ratings
    group by dataset, product_id
)

select
    products.dataset,
    products.product_id,
    products.product_name,
    products.ratings,
    coalesce(max(rules.factor) filter (where rules.action = 'boost'), 1) as factor,
    coalesce(bool_or(rules.action = 'exclude'), false) as is_excluded
from products
left join rules using (dataset, product_id)
group by products.dataset, products.product_id, products.product_name, products.ratings
