{{ config(schema='models') }}

with fits as (
    select * from {{ ref('fit_customer_values') }}
),

trees as (
    select
        dataset,
        model_name as method,
        unnest(trees, max_depth := 2) as fields
    from fits
)

select * from trees
order by dataset, method, fold, tree_index
