{{ config(severity=severity_var('monitoring_severity')) }}

select *
from {{ ref('source_health') }}
where
    false
{%- for source_name, days in mapping_var('max_age_in_days').items() %}
    or (source = {{ literal(source_name) }} and age_in_days > {{ days }})
{%- endfor %}
