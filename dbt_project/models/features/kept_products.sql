-- The products of the kept ratings, with their names and the rules on showing them.
with ratings as (
    select * from {{ ref('kept_ratings') }}
),

catalogue as (
    select * from {{ ref('stg_products__products') }}
),

rules as (
    select * from {{ ref('recommendation_product_rules') }}
),

products as (
    select
        dataset,
        product_id,
        max_by(product_name, (coalesce(rated_at, timestamp '0001-01-01'), product_name))
        filter (where product_name is not null) as product_name,
        count(distinct user_id) as ratings
    from ratings
    group by dataset, product_id
),

-- A key that is spelt alike counts for more than one in another case, and an entry for the data set for more than one for all.
entries as (
    select
        products.dataset,
        products.product_id,
        catalogue.product_name,
        catalogue.category,
        catalogue.price
    from products
    inner join catalogue
        on
            lower(products.product_id) = lower(catalogue.product_id)
            and products.dataset = coalesce(catalogue.dataset, products.dataset)
    qualify
        row_number() over (
            partition by products.dataset, products.product_id
            order by
                (products.product_id = catalogue.product_id) desc,
                (catalogue.dataset is not null) desc,
                catalogue.product_id asc
        ) = 1
),

ruled as (
    select
        dataset,
        product_id,
        coalesce(max(factor) filter (where action = 'boost'), 1) as factor,
        coalesce(bool_or(action = 'exclude'), false) as is_excluded
    from rules
    group by dataset, product_id
)

select
    products.dataset,
    products.product_id,
    coalesce(entries.product_name, products.product_name) as product_name,
    entries.category,
    entries.price,
    products.ratings,
    coalesce(ruled.factor, 1) as factor,
    coalesce(ruled.is_excluded, false) as is_excluded
from products
left join entries using (dataset, product_id)
left join ruled using (dataset, product_id)
