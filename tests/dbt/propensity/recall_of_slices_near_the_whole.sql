-- A warning for the analyst: the model misses far more of these rows than of all.
{{ config(enabled=area_enabled('propensity'), severity='warn') }}

with slices as (
    select * from {{ ref('propensity_slices') }}
),

whole as (
    select
        dataset,
        recall
    from slices
    where slice = 'all'
)

select
    slices.dataset,
    slices.slice,
    slices.slice_value,
    slices.conversions,
    slices.recall
from slices
inner join whole using (dataset)
where
    slices.recall < whole.recall - {{ var('propensity_slice_recall_gap') }}
    and slices.conversions >= {{ var('propensity_slice_min_conversions') }}
