-- Which retail segments answered the last campaign, and how does their response compare with everyone's?
with responses as (
    select
        segment_name,
        campaigns_accepted,
        has_accepted_last_campaign::integer as is_response,
        avg(has_accepted_last_campaign::integer) over () as response_of_everyone
    from segmentation.retail_customers
)

select
    segment_name,
    count(*) as customers,
    sum(is_response) as responses,
    round(100 * avg(is_response), 1) as percent_response,
    round(avg(is_response / response_of_everyone), 2) as times_the_response_of_everyone,
    round(avg(campaigns_accepted), 2) as mean_campaigns_accepted
from responses
group by segment_name
order by percent_response desc, segment_name asc
