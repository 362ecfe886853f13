select
    lead_id,
    is_converted,

    current_occupation,
    first_interaction,
    profile_completed,
    last_activity,

    age,
    website_visits,
    time_spent_on_website,
    page_views_per_visit,

    has_seen_print_media_type1,
    has_seen_print_media_type2,
    has_seen_digital_media,
    has_heard_from_educational_channels,
    has_referral
from {{ ref('stg_leads__leads') }}
