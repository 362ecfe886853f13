{{ config(enabled=source_enabled('mall')) }}

-- Who spends: does the score fall with age, for women as for men?
select
    10 * (age // 10) as age_from,
    coalesce(gender, 'not told') as gender,
    count(*) as visitors,
    round(avg(spending_score), 1) as mean_score,
    median(spending_score) as median_score
from {{ ref('mall_customers') }}
group by age_from, gender
order by age_from, gender
