with typed as (
    {{ typed_rows('mall', ref('raw_mall__customers')) }}
),

judged as (
    {{ judged_rows('typed', key=['customer_id']) }}
)

select
    *,
    {{ reason('is_forgotten', 'forgotten') }} as exclusion_rule
from judged
