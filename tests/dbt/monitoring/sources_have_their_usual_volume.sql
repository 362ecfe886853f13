{{ config(severity=severity_var('monitoring_severity')) }}

select *
from {{ ref('source_health') }}
where abs(volume_change) > {{ var('max_volume_change') }}
