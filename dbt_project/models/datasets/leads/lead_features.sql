with leads as (
    select * from {{ ref('stg_leads__leads') }}
)

select
    lead_id,
    case
        when is_converted is null then 'new'
        when {{ md5_share('lead_id') }} < {{ var('lead_holdout_share') }} then 'holdout'
        else 'train'
    end as split,
    is_converted,
    {{ lead_categories() | join(',\n    ') }},
    {{ lead_numbers() | join(',\n    ') }}
from leads
