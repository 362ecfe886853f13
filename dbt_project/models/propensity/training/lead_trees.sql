{{ config(schema='models') }}

with trees as (
    {{ unnested(ref('fit_lead_families'), 'trees') }}
)

select * from trees
