with typed as (
    {{ typed_rows('ecommerce', ref('raw_ecommerce__invoice_lines')) }}
)

select
    *,
    problems as reject_reason,
    null::varchar as exclusion_rule
from typed
