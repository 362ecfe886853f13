with typed as (
    {{ typed_rows('leads', ref('raw_leads__leads')) }}
),

judged as (
    {{ judged_rows('typed', key=['id']) }}
)

select
    *,
    null::varchar as exclusion_rule
from judged
