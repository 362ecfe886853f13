{{ config(materialized='view') }}

{{ stored_fit('fit_retail_segments') }}
