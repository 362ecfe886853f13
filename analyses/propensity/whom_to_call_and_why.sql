-- Which 50 open leads do we call first, and why?
-- In the order of the calls. No row where no lead is open.
select
    call_rank,
    lead_id,
    is_call_today,
    round(100 * conversion_probability) as percent_probability,
    priority,
    reason_1,
    reason_2,
    reason_3,
    counter_reason_1 as what_speaks_against
from propensity.leads
where call_rank <= 50
order by call_rank
