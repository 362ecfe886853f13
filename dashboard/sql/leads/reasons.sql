-- finding: "The commonest first reason: {reason}"
-- nothing: No row has a reason.
-- chart: bars
-- name: reason
-- value: scored_rows
-- unit: rows worth a call
select
    reason_1 as reason,
    count(*) as scored_rows
from propensity.propensity_scores
where dataset = $dataset and is_predicted and reason_1 is not null
group by reason_1
order by scored_rows desc, reason asc
limit 10
