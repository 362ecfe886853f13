-- The SQL scorers of both methods against what Python expected of some customers when they were fitted, hence in the build that
-- fitted them. By share, because amounts are of any size.
{{ config(enabled=area_enabled('sales')) }}

with fits as (
    select * from {{ ref('fit_customer_values') }}
    where outcome in ('first', 'replaced')
),

expected as (
    select
        dataset,
        model_name as method,
        is_champion,
        unnest(reference_values, max_depth := 2) as fields
    from fits
),

scores as (
    select * from {{ ref('customer_value_scores') }}
)

select
    expected.*,
    scores.expected_value as value_in_sql
from expected
left join scores using (dataset, method, fold, customer_id)
where
    (expected.is_champion or expected.fold != 'serving')
    and not coalesce(abs(expected.expected_value - scores.expected_value) <= 1e-9 * greatest(abs(expected.expected_value), 1), false)
