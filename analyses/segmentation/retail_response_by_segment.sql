-- Which retail segments answered the last campaign, and how does their response compare with everyone's?
select
    segment_name,
    count(*) as customers,
    sum(has_accepted_last_campaign::integer) as responses,
    round(100 * avg(has_accepted_last_campaign::integer), 1) as percent_response,
    round(
        avg(has_accepted_last_campaign::integer)
        / (select avg(everyone.has_accepted_last_campaign::integer) from segmentation.retail_customers as everyone), 2
    ) as times_the_response_of_everyone,
    round(avg(campaigns_accepted), 2) as mean_campaigns_accepted
from segmentation.retail_customers
group by segment_name
order by percent_response desc, segment_name asc
