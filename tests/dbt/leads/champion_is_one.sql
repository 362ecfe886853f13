{{ config(enabled=source_enabled('leads'), tags=['leads']) }}

select count(*) as champions
from {{ ref('lead_model_candidates') }}
where is_champion and not is_baseline
having count(*) != 1
