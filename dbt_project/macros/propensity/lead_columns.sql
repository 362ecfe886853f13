{# The features of a lead by kind, in the order of their SQL lists. #}
{% macro lead_numbers() -%}
    {{ return([
        'age',
        'website_visits',
        'time_spent_on_website',
        'page_views_per_visit',
        'has_seen_print_media_type1',
        'has_seen_print_media_type2',
        'has_seen_digital_media',
        'has_heard_from_educational_channels',
        'has_referral',
    ]) }}
{%- endmacro %}

{% macro lead_categories() -%}
    {{ return(['current_occupation', 'first_interaction', 'profile_completed', 'last_activity']) }}
{%- endmacro %}
