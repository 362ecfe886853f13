{{ config(materialized='view') }}

{{ stored_fit('fit_ecommerce_segments') }}
