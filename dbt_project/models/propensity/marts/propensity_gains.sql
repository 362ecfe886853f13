with scores as (
    select * from {{ ref('propensity_champion_scores') }}
),

deciles as (
    select
        *,
        ntile(10) over (partition by dataset, evaluated_on order by raw_score desc, entity_id asc) as score_decile
    from scores
),

counted as (
    select
        dataset,
        evaluated_on,
        evaluated_at,
        score_decile,
        count(*) as leads,
        count_if(is_converted) as conversions
    from deciles
    group by dataset, evaluated_on, evaluated_at, score_decile
),

totalled as (
    select
        *,
        sum(leads) over all_deciles as all_leads,
        sum(conversions) over all_deciles as all_conversions,
        sum(conversions) over (partition by dataset, evaluated_on order by score_decile) as conversions_so_far
    from counted
    window all_deciles as (partition by dataset, evaluated_on)
)

select
    dataset,
    evaluated_on,
    score_decile::integer as score_decile,
    leads,
    conversions::bigint as conversions,
    {{ rounded('conversions / leads') }} as conversion_rate,
    {{ rounded('(conversions / leads) / (all_conversions / all_leads)') }} as lift,
    {{ rounded('conversions_so_far / all_conversions') }} as cumulative_gain,
    evaluated_at
from totalled
