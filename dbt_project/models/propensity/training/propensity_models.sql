{{ config(schema='models') }}

with families as (
    select * from {{ ref('fit_propensity_families') }}
    where model_run_id is not null
),

champions as (
    select * from {{ ref('propensity_champions') }}
),

trees as (
    select * from {{ ref('propensity_trees') }}
),

previous_runs as (
    select * from {{ source('previous', 'model_runs') }}
),

roots as (
    select
        dataset,
        model_family,
        {{ exact_sum('weight * value[1]') }} as root_value
    from trees
    group by dataset, model_family
)

select
    families.dataset,
    families.model_name as model_family,
    row_number() over (order by families.dataset asc, families.model_name asc) as model_number,
    families.model_run_id,
    champions.model_family is not null as is_champion,
    families.imbalance,
    families.estimator_params::json as params,
    families.intercept,
    {{ rounded('families.intercept + coalesce(roots.root_value, 0)') }} as base_value,
    families.is_single_precision,
    families.n_rows as training_rows,
    coalesce(previous_runs.trained_at, {{ build_moment() }}) as trained_at
from families
left join champions on families.dataset = champions.dataset and families.model_name = champions.model_family
left join roots on families.dataset = roots.dataset and families.model_name = roots.model_family
left join previous_runs on families.model_run_id = previous_runs.model_run_id
