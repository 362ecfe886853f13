with typed as materialized (
    {{ typed_rows('products', source('products', 'products')) }}
),

judged as (
    {{ judged_rows('typed', key=['dataset', 'product_id']) }}
),

known_products as (
    {%- for dataset in datasets_of('recommendations') %}
    select distinct
        '{{ dataset }}' as dataset,
        lower(product_id) as product_key
    from {{ ref(ratings_model(dataset)) }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

known as (
    select distinct
        judged.file,
        judged.row_number
    from judged
    inner join known_products
        on
            lower(judged.product_id) = known_products.product_key
            and coalesce(judged.dataset, known_products.dataset) = known_products.dataset
)

select
    judged.*,
    {{ reason('known.file is null', 'product_id is in no data set that recommends') }} as exclusion_rule
from judged
left join known using (file, row_number)
