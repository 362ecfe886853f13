-- Who answered the last campaign: the segment, or the score within it? Tenths by scores of fits that had not seen the answer.
with ranked as (
    select
        customers.segment_name,
        scores.has_outcome::integer as is_response,
        ntile(10) over (order by scores.unseen_probability desc, scores.entity_id asc) as tenth
    from propensity.propensity_scores as scores
    inner join segmentation.retail_customers as customers on scores.entity_id = customers.customer_id
    where scores.dataset = 'retail' and scores.has_outcome is not null
)

select
    tenth,
    segment_name,
    count(*) as customers,
    sum(is_response) as responses,
    round(100 * avg(is_response), 1) as percent_response
from ranked
group by tenth, segment_name
order by tenth asc, percent_response desc, segment_name asc
