{{ config(severity=var('monitoring_severity')) }}

select *
from {{ ref('source_health') }}
where age_in_days > case source
    {% for source_name, days in var('max_age_in_days').items() %}
    when {{ literal(source_name) }} then {{ days }}
    {% endfor %}
    when '' then null
end
