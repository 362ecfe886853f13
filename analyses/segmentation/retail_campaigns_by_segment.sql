-- How many customers did each campaign win, and in which segments did it do best? Campaign 6 is the last one.
select
    responses.campaign,
    customers.segment_name,
    count(responses.has_accepted) as customers,
    count(*) filter (where responses.has_accepted) as accepted,
    round(100 * avg(responses.has_accepted::integer), 1) as percent_accepted
from segmentation.retail_campaign_responses as responses
inner join segmentation.retail_customers as customers using (customer_id)
group by responses.campaign, customers.segment_name
order by responses.campaign asc, percent_accepted desc, customers.segment_name asc
