{{ config(materialized='view') }}

with checked as (
    select * from {{ ref('checked_leads__leads') }}
)

select
    id as lead_id,

    current_occupation,
    first_interaction,
    profile_completed,
    last_activity,

    age,
    website_visits,
    time_spent_on_website,
    page_views_per_visit,

    print_media_type1 as has_seen_print_media_type1,
    print_media_type2 as has_seen_print_media_type2,
    digital_media as has_seen_digital_media,
    educational_channels as has_heard_from_educational_channels,
    referral as has_referral,
    status as is_converted
from checked
where reject_reason is null and exclusion_rule is null
