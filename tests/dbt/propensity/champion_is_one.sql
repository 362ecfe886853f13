{{ config(enabled=area_enabled('propensity')) }}

select
    dataset,
    count_if(is_champion and not is_baseline) as champions
from {{ ref('propensity_model_candidates') }}
group by dataset
having champions != 1
