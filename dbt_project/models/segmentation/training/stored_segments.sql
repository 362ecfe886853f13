{{ config(materialized='view') }}

-- The fits of the previous generation. Version 1 had a table for each data set.
{% for table in ['segmentation_fits', 'fit_retail_segments', 'fit_mall_segments', 'fit_ecommerce_segments'] %}
select * from {{ source('previous_models', table) }}
{% if not loop.last %}union all by name{% endif %}
{% endfor %}
