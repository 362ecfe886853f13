with typed as (
    {{ typed_rows(source('ecommerce', 'online_retail'), ref('raw_ecommerce__invoice_lines')) }}
)

select
    *,
    problems as reject_reason,
    null::varchar as exclusion_rule
from typed
