{{ config(materialized='view') }}

select * from {{ ref('fit_decisions') }}
where dataset = 'leads'
