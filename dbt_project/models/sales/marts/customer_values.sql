-- Every customer of tonight by the champion; what it does not tell is told by BG/NBD.
with expectations as (
    select * from {{ ref('purchase_expectations') }}
    where fold = 'serving'
),

champions as (
    select * from {{ ref('fit_customer_values') }}
    where is_champion
),

scores as (
    select * from {{ ref('customer_value_scores') }}
    where fold = 'serving'
),

valued as (
    select
        expectations.*,
        champions.model_run_id,
        scores.method,
        scores.expected_value as expected_value_90d,
        -- A method that tells the next 90 days alone goes on as the number of orders does.
        scores.expected_value * expectations.orders_365d_per_90d as expected_value_365d
    from expectations
    inner join champions using (dataset)
    inner join scores
        on
            expectations.dataset = scores.dataset
            and expectations.customer_id = scores.customer_id
            and champions.model_name = scores.method
)

select
    dataset,
    customer_id,
    {{ rounded('probability_alive') }} as probability_alive,
    {{ rounded('purchase_probability_90d') }} as purchase_probability_90d,
    {{ rounded('expected_orders_90d') }} as expected_orders_90d,
    {{ rounded('expected_order_value') }} as expected_order_value,
    {{ rounded('expected_value_90d') }} as expected_value_90d,
    {{ rounded('expected_value_365d') }} as expected_value_365d,
    case when days_to_next_order <= 365 then day + ceil(days_to_next_order)::integer end as next_order_on,
    row_number() over (
        partition by dataset order by {{ rounded('expected_value_90d') }} desc, customer_id asc
    )::integer as value_rank,
    method,
    model_run_id
from valued
