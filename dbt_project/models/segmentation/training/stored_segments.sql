{{ config(materialized='view') }}

-- The fits of the previous generation. Version 1 had a table for each data set.
{{ stored_fit([
    source('previous_models', 'segmentation_fits'),
    source('previous_models', 'fit_retail_segments'),
    source('previous_models', 'fit_mall_segments'),
    source('previous_models', 'fit_ecommerce_segments'),
]) }}
