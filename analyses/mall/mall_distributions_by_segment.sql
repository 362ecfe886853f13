{{ config(enabled=source_enabled('mall')) }}

-- How do the segments differ in age, income and score, quartile by quartile?
select
    segment_name,
    count(*) as visitors,
    quantile_cont(age, [0.25, 0.5, 0.75]) as age_quartiles,
    quantile_cont(annual_income_k::double, [0.25, 0.5, 0.75]) as income_quartiles,
    quantile_cont(spending_score, [0.25, 0.5, 0.75]) as score_quartiles
from {{ ref('mall_customers') }}
group by segment_name
order by segment_name
