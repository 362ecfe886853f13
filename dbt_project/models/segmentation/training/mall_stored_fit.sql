{{ config(materialized='view') }}

{{ stored_fit('fit_mall_segments') }}
