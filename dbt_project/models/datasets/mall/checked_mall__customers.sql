with typed as materialized (
    {{ typed_rows('mall', source('mall', 'Mall_Customers')) }}
),

judged as (
    {{ judged_rows('typed', key=['customer_id'], flag_duplicates=true) }}
)

select
    *,
    {{ reason('is_forgotten', 'forgotten') }} as exclusion_rule
from judged
