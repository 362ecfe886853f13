{{ config(schema='models') }}

with encodings as (
    {{ unnested(ref('fit_propensity_families'), 'encoder') }}
)

select * from encodings
