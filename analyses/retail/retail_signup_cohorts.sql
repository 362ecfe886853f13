{{ config(enabled=source_enabled('retail')) }}

-- Do customers who enrolled earlier spend more, month by month of enrolment?
select
    date_trunc('month', enrolled_date)::date as enrolled_month,
    count(*) as customers,
    round(avg(total_spend), 0) as mean_spend,
    median(total_spend) as median_spend,
    round(avg(purchases), 1) as purchases,
    round(avg(campaigns_accepted), 2) as campaigns_accepted
from {{ ref('retail_customers') }}
group by enrolled_month
order by enrolled_month
