-- What came of the rows that had been scored before anybody knew?
-- No row until outcomes of open rows have come in.
select
    dataset,
    floor(10 * conversion_probability) / 10 as probability_from,
    count(*) as rows_known_now,
    round(avg(conversion_probability), 3) as mean_probability,
    round(avg(is_converted::integer), 3) as came_true
from propensity.propensity_live_outcomes
group by all
order by dataset, probability_from
