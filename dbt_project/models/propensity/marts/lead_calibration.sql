with scores as (
    select * from {{ ref('lead_champion_scores') }}
),

binned as (
    select
        *,
        ntile(10) over (partition by evaluated_on order by probability, lead_id) as bin
    from scores
)

select
    evaluated_on,
    bin::integer as bin,
    count(*) as leads,
    {{ rounded(exact_avg('probability')) }} as mean_probability,
    {{ rounded('avg(is_converted::int)') }} as conversion_rate,
    evaluated_at
from binned
group by evaluated_on, evaluated_at, bin
