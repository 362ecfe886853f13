-- From how many minutes on the site do leads convert, on the web and in the app?
{{ config(enabled=source_enabled('leads')) }}

select
    first_interaction,
    least(time_spent_on_website // 300 * 5, 30) as minutes_from,
    count(*) as leads,
    round(avg(is_converted::int), 3) as conversion_rate
from {{ ref('leads_features') }}
where is_converted is not null
group by first_interaction, minutes_from
order by first_interaction, minutes_from
