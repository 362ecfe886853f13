-- Severity by the var monitoring_severity; a refit in the same build answers for what goes in.
{{ config(severity=severity_var('monitoring_severity')) }}

select *
from {{ ref('feature_drift') }}
where generation_id = '{{ generation_id() }}' and status = 'drifted'
