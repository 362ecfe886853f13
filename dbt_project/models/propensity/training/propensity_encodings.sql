{{ config(schema='models') }}

with encodings as (
    {{ unnested(ref('fit_propensity_families'), 'encoder') }}
)

select * replace (coalesce(is_log, false) as is_log)
from encodings
