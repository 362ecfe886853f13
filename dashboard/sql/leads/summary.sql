-- How many leads there are to call today, and what their scores promise, in words.
with leads as (
    select
        count(*) as leads,
        count(*) filter (where is_open) as open_leads,
        count(*) filter (where is_call_today) as calls_today,
        sum(conversion_probability) filter (where is_call_today) as expected_conversions
    from propensity.leads
)

select
    open_leads,
    if(
        open_leads = 0,
        format('None of the {:,} leads is open: all outcomes are known. The list shows how they were scored.', leads),
        format(
            '{:,} calls today, of {:,} open leads: about {:.0f} of those called will convert.', calls_today, open_leads,
            coalesce(expected_conversions, 0)
        )
    ) as said
from leads
