-- Which mall visitors could spend more? High incomes with low spending scores, those nearest to another segment first.
select
    visitors.customer_id,
    visitors.gender,
    visitors.age,
    visitors.annual_income_k,
    visitors.spending_score,
    visitors.segment_name,
    assigned.next_segment_name,
    round(visitors.confidence, 2) as confidence
from segmentation.mall_customers as visitors
inner join segmentation.customer_segments as assigned
    on assigned.dataset = 'mall' and visitors.customer_id = assigned.customer_id
where
    visitors.annual_income_k >= (select median(everyone.annual_income_k) from segmentation.mall_customers as everyone)
    and visitors.spending_score <= (select quantile_cont(everyone.spending_score, 0.25) from segmentation.mall_customers as everyone)
order by visitors.confidence asc, visitors.customer_id asc
