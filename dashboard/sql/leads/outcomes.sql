-- finding: "Of {all_rows:n row} scored before the outcome was known, {happened} did it; {expected:.0f} were expected"
-- reading: On the dashed line, the scores meant what they said.
-- nothing: No outcome has come in yet of rows that were scored before it was known.
-- chart: lines
-- x: mean_probability
-- y: observed_rate
-- x_title: probability at the time
-- y_title: share that did it
-- x_form: .0%
-- y_form: .0%
-- has_diagonal: true
-- table: [probability_from, scored_rows, mean_probability, observed_rate]
with outcomes as (
    select
        least(floor(10 * conversion_probability), 9) / 10 as probability_from,
        conversion_probability,
        is_converted
    from propensity.propensity_live_outcomes
    where dataset = $dataset and is_converted is not null
)

select
    probability_from,
    count(*) as scored_rows,
    avg(conversion_probability) as mean_probability,
    avg(is_converted::integer) as observed_rate,
    sum(count(*)) over () as all_rows,
    sum(count(*) filter (where is_converted)) over () as happened,
    sum(sum(conversion_probability)) over () as expected
from outcomes
group by probability_from
order by probability_from
