-- How many leads there are to call, and what their scores promise.
select
    count(*) as leads,
    count(*) filter (where is_open) as open_leads,
    count(*) filter (where is_call_today) as calls_today,
    sum(conversion_probability) filter (where is_call_today) as expected_conversions
from propensity.leads
