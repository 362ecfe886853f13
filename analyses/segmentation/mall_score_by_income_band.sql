-- Is the income of mall visitors a sign of spending? The spread matters more than the mean here.
select
    20 * floor(annual_income_k / 20)::integer as income_from_k,
    count(*) as visitors,
    round(avg(spending_score), 1) as mean_score,
    round(stddev_samp(spending_score), 1) as spread,
    min(spending_score) as lowest,
    max(spending_score) as highest
from segmentation.mall_customers
group by income_from_k
order by income_from_k
