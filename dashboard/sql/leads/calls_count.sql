-- How many leads the list has.
select count(*) as leads
from propensity.leads
where
    (is_open or not $is_open)
    and (is_call_today or not $is_today)
    and ($priority is null or priority = $priority)
    and contains(lower(lead_id), lower($text))
    and conversion_probability >= $least
