-- finding: "Models of last night: {last_night}"
-- reading: >
--   first: fitted for the first time; scored: the stored model was applied; replaced: a new fit serves; kept: the new fit
--   was worse or impossible.
-- table: [considered_at, area, dataset, decision, outcome, reason, quality, challenger_quality, fit_problem]
with outcomes as (
    select
        considered_at,
        format(
            '{} {}', count(*), case outcome
                when 'first' then 'fitted for the first time'
                when 'scored' then 'applied as stored'
                when 'replaced' then 'fitted anew'
                else 'kept against a new fit'
            end
        ) as counted
    from monitoring.training_decisions
    group by considered_at, outcome
),

last_night as (
    select string_agg(counted, ', ' order by counted) as outcomes
    from outcomes
    where considered_at = (select max(nights.considered_at) from outcomes as nights)
)

select
    decisions.*,
    last_night.outcomes as last_night
from monitoring.training_decisions as decisions
cross join last_night
order by decisions.considered_at desc, decisions.area asc, decisions.dataset asc
limit 100
