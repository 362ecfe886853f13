{{ config(schema='models') }}

with families as (
    select * from {{ ref('fit_lead_families') }}
),

champion as (
    select * from {{ ref('lead_champion') }}
),

previous_runs as (
    {{ previous_rows(source('previous', 'model_runs'), {'model_run_id': 'varchar', 'trained_at': 'timestamp'}) }}
),

roots as (
    select
        model_family,
        {{ exact_sum('weight * value[1]') }} as root_value
    from {{ ref('lead_trees') }}
    group by model_family
)

select
    families.model_name as model_family,
    families.model_run_id,
    champion.model_family is not null as is_champion,
    families.imbalance,
    families.estimator_params::json as params,
    families.intercept,
    {{ rounded('families.intercept + coalesce(roots.root_value, 0)') }} as base_value,
    families.is_single_precision,
    families.n_rows as training_leads,
    coalesce(previous_runs.trained_at, {{ build_moment() }}) as trained_at
from families
left join champion on families.model_name = champion.model_family
left join roots on families.model_name = roots.model_family
left join previous_runs on families.model_run_id = previous_runs.model_run_id
