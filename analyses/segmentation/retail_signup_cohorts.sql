-- Do retail customers who enrolled earlier spend more, quarter by quarter of enrolment?
select
    date_trunc('quarter', enrolled_date)::date as enrolled_quarter,
    count(*) as customers,
    round(avg(total_spend)) as mean_spend,
    median(total_spend) as median_spend,
    round(avg(purchases), 1) as mean_purchases,
    round(avg(campaigns_accepted), 2) as mean_campaigns_accepted
from segmentation.retail_customers
group by enrolled_quarter
order by enrolled_quarter
