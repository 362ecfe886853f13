with typed as (
    {{ typed_rows('leads', ref('raw_leads__leads')) }}
),

judged as (
    {{ judged_rows('typed', key=['id']) }}
)

select
    *,
    {{ reason('is_forgotten', 'forgotten') }} as exclusion_rule
from judged
