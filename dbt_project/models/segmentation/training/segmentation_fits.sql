{{ config(materialized='view') }}

{{ union_datasets('_segments', prefix='fit_') }}
