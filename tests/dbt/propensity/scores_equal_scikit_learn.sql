-- The SQL scorer of each family against the raw scores that scikit-learn gave for rows outside the training part
-- when they were fitted, hence in the build that fitted them.
{{ config(enabled=area_enabled('propensity')) }}

with fits as (
    select * from {{ ref('fit_propensity_families') }}
    where outcome in ('first', 'replaced')
),

reference_scores as (
    {{ unnested('fits', 'reference_scores') }}
),

scores as (
    select * from {{ ref('propensity_family_scores') }}
)

select
    reference_scores.dataset,
    reference_scores.model_family,
    reference_scores.entity_id,
    reference_scores.raw_score as reference_score,
    scores.raw_score
from reference_scores
left join scores using (dataset, model_family, entity_id)
where not coalesce(abs(reference_scores.raw_score - scores.raw_score) < greatest(1e-9, power(10, -{{ var('published_digits') }})), false)
