{{ config(materialized='view') }}

with families as (
    select * from {{ ref('fit_lead_families') }}
),

champion as (
    select * from {{ ref('lead_champion') }}
)

select
    families.model_run_id,
    families.area,
    families.dataset,
    families.model_name,
    families.data_fingerprint,
    families.n_rows,
    families.params,
    families.metrics,
    families.library_versions,
    champion.model_family is not null as is_served
from families
left join champion on families.model_name = champion.model_family
