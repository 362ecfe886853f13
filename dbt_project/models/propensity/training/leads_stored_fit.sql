{{ config(materialized='view') }}

{{ stored_fit('fit_lead_families') }}
