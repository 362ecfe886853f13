with scores as (
    select * from {{ ref('propensity_champion_scores') }}
),

binned as (
    select
        *,
        ntile(10) over (partition by dataset, evaluated_on order by probability, entity_id) as bin
    from scores
)

select
    dataset,
    evaluated_on,
    bin::integer as bin,
    count(*) as leads,
    {{ rounded(exact_avg('probability')) }} as mean_probability,
    {{ rounded('avg(is_converted::int)') }} as conversion_rate,
    evaluated_at
from binned
group by dataset, evaluated_on, evaluated_at, bin
