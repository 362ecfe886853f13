{{ config(enabled=source_enabled('retail')) }}

-- How does spend move with age and children?
select
    case when age < 35 then 'under 35' when age < 50 then '35 to 49' when age < 65 then '50 to 64' else '65 and over' end as age_group,
    least(children, 2) as children_up_to_two,
    count(*) as customers,
    round(avg(total_spend), 0) as mean_spend,
    round(avg(income), 0) as mean_income
from {{ ref('retail_customers') }}
group by age_group, children_up_to_two
order by age_group, children_up_to_two
