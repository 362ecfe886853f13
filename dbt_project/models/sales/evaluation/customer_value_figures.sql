-- Five figures of every method in every resample of customers; resample 0 is the sample itself. Sums are of whole numbers, so
-- that they are the same in whatever order the rows come.
with scores as (
    select
        dataset,
        fold,
        method,
        customer_id,
        {{ rounded('purchase_probability') }} as purchase_probability,
        {{ rounded('expected_value') }} as expected_value,
        next_amount
    from {{ ref('customer_value_scores') }}
    where fold != 'serving'
),

customers as (
    select distinct
        dataset,
        customer_id
    from scores
),

draws as (
    select
        customers.dataset,
        customers.customer_id,
        numbered.resample,
        {{ md5_share("customers.customer_id || '|' || numbered.resample") }} as fraction
    from customers
    cross join unnest(range({{ var('customer_value_resamples') }} + 1)) as numbered (resample)
),

drawn as (
    select
        dataset,
        customer_id,
        resample,
        unnest(range(case when resample = 0 then 1 else {{ poisson_weight('fraction') }} end)) as copy
    from draws
),

-- Twice the mean rank of those that share a figure is a whole number.
ranked as (
    select
        scores.dataset,
        scores.fold,
        scores.method,
        drawn.resample,
        scores.purchase_probability,
        scores.expected_value,
        scores.next_amount,
        2 * rank() over by_expected + count(*) over same_expected - 1 as expected_rank,
        2 * rank() over by_amount + count(*) over same_amount - 1 as amount_rank,
        row_number() over (
            partition by scores.dataset, scores.fold, scores.method, drawn.resample
            order by scores.expected_value desc, scores.customer_id asc
        ) as place,
        count(*) over (partition by scores.dataset, scores.fold, scores.method, drawn.resample) as customers
    from scores
    inner join drawn using (dataset, customer_id)
    window
        by_expected as (partition by scores.dataset, scores.fold, scores.method, drawn.resample order by scores.expected_value),
        same_expected as (partition by scores.dataset, scores.fold, scores.method, drawn.resample, scores.expected_value),
        by_amount as (partition by scores.dataset, scores.fold, scores.method, drawn.resample order by scores.next_amount),
        same_amount as (partition by scores.dataset, scores.fold, scores.method, drawn.resample, scores.next_amount)
),

summed as (
    select
        dataset,
        fold,
        method,
        resample,
        count(*) as customers,
        sum(expected_rank * amount_rank)::double * count(*) - sum(expected_rank)::double * sum(amount_rank)::double as covariance,
        sum(expected_rank * expected_rank)::double * count(*) - sum(expected_rank)::double ** 2 as expected_variance,
        sum(amount_rank * amount_rank)::double * count(*) - sum(amount_rank)::double ** 2 as amount_variance,
        {{ exact_avg('abs(expected_value - next_amount)') }} as mae,
        {{ exact_sum('expected_value') }} as expected_sum,
        sum(next_amount)::double as amount_sum,
        {{ exact_sum('purchase_probability') }} as expected_buyers,
        count(*) filter (where next_amount > 0) as buyers,
        sum(next_amount) filter (where place <= ceil(customers / 10))::double / max(ceil(customers / 10)) as decile_amount
    from ranked
    group by dataset, fold, method, resample
),

figures as (
    select
        dataset,
        fold,
        method,
        resample,
        customers,
        expected_buyers,
        unnest(['mae', 'spearman', 'decile_lift', 'sum_ratio', 'buyers_ratio']) as metric,
        unnest([
            {{ rounded('mae') }},
            {{ rounded('covariance / nullif(sqrt(expected_variance * amount_variance), 0)') }},
            {{ rounded('decile_amount / nullif(amount_sum / customers, 0)') }},
            {{ rounded('expected_sum / nullif(amount_sum, 0)') }},
            {{ rounded('expected_buyers / nullif(buyers, 0)') }}
        ]) as figure
    from summed
)

select
    dataset,
    fold,
    method,
    resample,
    customers,
    metric,
    figure
from figures
where metric != 'buyers_ratio' or expected_buyers is not null
