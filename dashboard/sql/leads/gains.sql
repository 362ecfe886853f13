-- finding: "The first {first_share:share} by score hold {first_found:share} of those who do it"
-- reading: "Cumulative gains on the holdout: the dashed line is calling at random."
-- chart: lines
-- x: called_share
-- y: found_share
-- x_title: share of all that is called
-- y_title: share of those who do it
-- x_form: .0%
-- y_form: .0%
-- has_diagonal: true
-- table: [score_decile, scored_rows, conversions, called_share, found_share, lift]
with deciles as (
    select
        score_decile,
        leads as scored_rows,
        conversions,
        sum(leads) over (order by score_decile) / sum(leads) over () as called_share,
        cumulative_gain as found_share,
        lift
    from propensity.propensity_gains
    where dataset = $dataset and evaluated_on = $evaluated_on
),

from_nobody_on as (
    select * from deciles
    union all by name
    select
        0 as score_decile,
        0 as called_share,
        0 as found_share
    from deciles
    where score_decile = 1
)

select
    *,
    max(called_share) filter (where score_decile = 2) over () as first_share,
    max(found_share) filter (where score_decile = 2) over () as first_found
from from_nobody_on
order by score_decile
