{{ config(materialized='view') }}

with families as (
    select * from {{ ref('fit_propensity_families') }}
    where model_run_id is not null
),

models as (
    select * from {{ ref('propensity_models') }}
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
    models.is_champion as is_served
from families
inner join models using (model_run_id)
