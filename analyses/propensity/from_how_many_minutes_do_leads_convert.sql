-- From how many minutes on the site do leads convert, on the web and in the app?
select
    first_interaction,
    least(time_spent_on_website // 300 * 5, 30) as minutes_from,
    count(*) as leads,
    round(100 * avg(is_converted::integer), 1) as percent_converted
from propensity.leads
where not is_open
group by all
order by first_interaction, minutes_from
