-- Leads in the order in which they are to be called; those whose outcome is known come last.
select
    call_rank,
    lead_id,
    conversion_probability,
    priority,
    reason_1,
    reason_2,
    reason_3,
    counter_reason_1,
    * exclude (
        call_rank,
        lead_id,
        conversion_probability,
        priority,
        reason_1,
        reason_2,
        reason_3,
        counter_reason_1,
        scored_at,
        model_run_id
    )
from propensity.leads
where
    (is_open or not $is_open)
    and (is_call_today or not $is_today)
    and ($priority is null or priority = $priority)
    and contains(lower(lead_id), lower($text))
    and conversion_probability >= $least
order by call_rank asc nulls last, conversion_probability desc, lead_id asc
limit $most offset $skip
