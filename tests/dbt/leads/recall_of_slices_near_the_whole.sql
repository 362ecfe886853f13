-- A warning for the analyst: the model misses far more of these leads than of all.
{{ config(enabled=source_enabled('leads'), severity='warn', tags=['leads']) }}

with slices as (
    select * from {{ ref('lead_slices') }}
),

whole as (
    select recall from slices
    where slice = 'all'
)

select
    slices.slice,
    slices.slice_value,
    slices.conversions,
    slices.recall
from slices
cross join whole
where
    slices.recall < whole.recall - {{ var('lead_slice_recall_gap') }}
    and slices.conversions >= {{ var('lead_slice_min_conversions') }}
