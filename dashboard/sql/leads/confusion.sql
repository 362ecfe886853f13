-- finding: "From {from_probability:.2f} on, {calls:n call} among {everyone} find {recall:share} of those who do it"
-- reading: >
--   Confusion matrix on the holdout, which no fit has seen. Cost: missed customers and calls, each times what one costs.
-- nothing: No row was judged.
-- chart: heat
-- column: decision
-- row: outcome
-- value: scored_rows
-- table: [outcome, decision, scored_rows]
with judged as (
    select
        is_converted,
        probability >= $threshold as is_called
    from propensity.propensity_champion_scores
    where dataset = $dataset and evaluated_on = $evaluated_on
),

cells as (
    select
        does_it.is_converted,
        called.is_called,
        count(judged.is_called) as scored_rows
    from (values (true), (false)) as does_it (is_converted)
    cross join (values (true), (false)) as called (is_called)
    left join judged using (is_converted, is_called)
    group by does_it.is_converted, called.is_called
),

totals as (
    select
        sum(scored_rows) as everyone,
        sum(scored_rows) filter (where is_called) as calls,
        sum(scored_rows) filter (where is_called and is_converted) as hits,
        sum(scored_rows) filter (where not is_called and is_converted) as missed
    from cells
)

select
    if(cells.is_converted, 'does it', 'does not') as outcome,
    if(cells.is_called, 'called', 'not called') as decision,
    cells.scored_rows,
    totals.everyone,
    totals.calls,
    $threshold as from_probability,
    totals.hits / nullif(totals.calls, 0) as precision,
    totals.hits / nullif(totals.hits + totals.missed, 0) as recall,
    totals.calls / totals.everyone as flagged_share,
    $cost_of_missed * totals.missed + $cost_of_call * totals.calls as cost
from cells
cross join totals
where totals.everyone > 0
order by cells.is_converted desc, cells.is_called desc
