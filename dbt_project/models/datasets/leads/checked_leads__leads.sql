with typed as materialized (
    {{ typed_rows('leads', source('leads', 'ExtraaLearn')) }}
),

judged as (
    {{ judged_rows('typed', key=['id'], flag_duplicates=true) }}
)

select
    *,
    {{ reason('is_forgotten', 'forgotten') }} as exclusion_rule
from judged
