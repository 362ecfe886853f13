-- Promised out of fold only, and only where the policy is recall.
{{ config(enabled=source_enabled('leads') and var('lead_threshold_policy') == 'recall', tags=['leads']) }}

select *
from {{ ref('lead_model_metrics') }}
where evaluated_on = 'out_of_fold' and metric = 'recall' and value < {{ var('lead_min_recall') }}
