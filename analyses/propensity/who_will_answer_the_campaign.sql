-- Whom do we send the next retail campaign to? The hundred likeliest to accept by fits that had not seen their last answer, with what
-- speaks for them.
select
    customers.customer_id,
    customers.segment_name,
    round(100 * scores.unseen_probability) as percent_probability,
    customers.campaigns_accepted,
    customers.total_spend,
    scores.reason_1,
    scores.reason_2
from propensity.propensity_scores as scores
inner join segmentation.retail_customers as customers on scores.entity_id = customers.customer_id
where scores.dataset = 'retail'
order by scores.unseen_probability desc, customers.customer_id asc
limit 100
