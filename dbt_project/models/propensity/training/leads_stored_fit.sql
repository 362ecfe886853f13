{{ config(materialized='view') }}

{{ stored_fit([source('previous_models', 'fit_lead_families')]) }}
