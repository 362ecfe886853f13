{{ config(materialized='view') }}

with families as (
    select * from {{ ref('fit_propensity_families') }}
    where model_run_id is not null
),

champions as (
    select * from {{ ref('propensity_champions') }}
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
    champions.model_family is not null as is_served
from families
left join champions on families.dataset = champions.dataset and families.model_name = champions.model_family
