{{ config(schema='models') }}

with encodings as (
    {{ unnested(ref('fit_lead_families'), 'encoder') }}
)

select * from encodings
