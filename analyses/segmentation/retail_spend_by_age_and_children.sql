-- How does retail spend move with age and children?
select
    case when age < 35 then 'under 35' when age < 50 then '35 to 49' when age < 65 then '50 to 64' else '65 and over' end as age_group,
    case when children = 0 then 'none' when children = 1 then 'one' else 'two or more' end as children,
    count(*) as customers,
    round(avg(total_spend)) as mean_spend,
    round(avg(income)) as mean_income,
    round(avg(purchases), 1) as mean_purchases
from segmentation.retail_customers
group by all
order by min(age), min(children)
