-- The SQL scorer of each family against the raw scores that scikit-learn gave for leads outside the training part
-- when they were fitted, hence in the build that fitted them.
{{ config(enabled=source_enabled('leads'), tags=['leads']) }}

with reference_scores as (
    {{ unnested(ref('fit_lead_families'), 'reference_scores') }}
),

scores as (
    select * from {{ ref('lead_family_scores') }}
)

select
    reference_scores.model_family,
    reference_scores.lead_id,
    reference_scores.raw_score as reference_score,
    scores.raw_score
from reference_scores
left join scores using (model_family, lead_id)
where
    (select bool_and(fits.outcome in ('first', 'replaced')) from {{ ref('fit_lead_families') }} as fits)
    and not coalesce(abs(reference_scores.raw_score - scores.raw_score) < greatest(1e-9, power(10, -{{ var('published_digits') }})), false)
