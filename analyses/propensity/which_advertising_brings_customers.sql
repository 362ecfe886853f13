-- Which advertising brings leads that become customers? A lead can have seen several.
with seen as (
    select
        is_converted,
        unnest(['print, type 1', 'print, type 2', 'digital media', 'educational channels', 'a referral', 'all leads']) as channel,
        unnest([
            has_seen_print_media_type1, has_seen_print_media_type2, has_seen_digital_media,
            has_heard_from_educational_channels, has_referral, true
        ]) as is_reached
    from propensity.leads
    where not is_open
)

select
    channel,
    count(*) as leads,
    count_if(is_converted) as customers,
    round(100 * avg(is_converted::integer), 1) as percent_converted,
    round(196 * sqrt(avg(is_converted::integer) * (1 - avg(is_converted::integer)) / count(*)), 1) as plus_or_minus
from seen
where is_reached
group by channel
order by percent_converted desc, channel asc
