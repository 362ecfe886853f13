{{ config(schema='models') }}

with trees as (
    {{ unnested(ref('fit_propensity_families'), 'trees') }}
)

select * from trees
