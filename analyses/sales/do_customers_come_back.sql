-- Do customers come back? Percent of each month's newcomers who order again one, two, three, six months later.
select
    cohort_month,
    any_value(cohort_customers) as newcomers,
    round(100 * max(retention) filter (where months_since = 1), 1) as percent_after_1,
    round(100 * max(retention) filter (where months_since = 2), 1) as percent_after_2,
    round(100 * max(retention) filter (where months_since = 3), 1) as percent_after_3,
    round(100 * max(retention) filter (where months_since = 6), 1) as percent_after_6,
    round(sum(net_amount) / any_value(cohort_customers), 2) as net_amount_per_newcomer
from sales.customer_cohorts
where is_complete
group by cohort_month
order by cohort_month
