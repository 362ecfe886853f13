-- Who spends in the mall: does the score fall with age, for women as for men?
select
    10 * (age // 10) as age_from,
    coalesce(gender, 'not told') as gender,
    count(*) as visitors,
    round(avg(spending_score), 1) as mean_score,
    median(spending_score) as median_score
from segmentation.mall_customers
group by all
order by age_from, gender
