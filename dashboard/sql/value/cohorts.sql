-- finding: "{first_month:share} of new customers buy again in the month after their first"
-- reading: Per cent of the customers of a row who bought in the month of the column.
-- nothing: There is no whole month after anybody's first purchase.
-- chart: heat
-- column: months_since
-- row: cohort
-- value: retention
-- column_title: months after the first purchase
-- row_title: month of the first purchase
-- table: [cohort, months_since, cohort_customers, active_customers, retention]
select
    strftime(cohort_month, '%Y-%m') as cohort,
    months_since,
    cohort_customers,
    active_customers,
    100 * retention as retention,
    sum(active_customers) filter (where months_since = 1) over ()
    / nullif(sum(cohort_customers) filter (where months_since = 1) over (), 0) as first_month
from sales.customer_cohorts
where dataset = $dataset and months_since between 1 and 12 and is_complete
order by cohort_month, months_since
