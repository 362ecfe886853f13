-- Two ways to the same figure. Of leads that are tied at the border of the decile one takes the first by key and the other
-- their mean, so that the conversions of the decile may differ by as many as are tied with its last one.
{{ config(enabled=area_enabled('propensity')) }}

with scores as (
    select
        *,
        ntile(10) over (partition by dataset, evaluated_on order by raw_score desc, entity_id asc) as score_decile
    from {{ ref('propensity_champion_scores') }}
),

borders as (
    select
        dataset,
        evaluated_on,
        avg(is_converted::int) as conversion_rate,
        min(raw_score) filter (where score_decile = 1) as border
    from scores
    group by dataset, evaluated_on
),

ties as (
    select
        borders.dataset,
        borders.evaluated_on,
        borders.conversion_rate,
        count(*) - 1 as others_at_border
    from borders
    inner join scores
        on
            borders.dataset = scores.dataset
            and borders.evaluated_on = scores.evaluated_on
            and borders.border = scores.raw_score
    group by borders.dataset, borders.evaluated_on, borders.conversion_rate
)

select
    gains.dataset,
    gains.evaluated_on,
    gains.lift,
    metrics.value
from {{ ref('propensity_gains') }} as gains
inner join {{ ref('propensity_model_metrics') }} as metrics
    on
        gains.dataset = metrics.dataset
        and gains.evaluated_on = metrics.evaluated_on
        and gains.score_decile = 1
        and metrics.metric = 'first_decile_lift'
inner join {{ ref('propensity_models') }} as models
    on metrics.dataset = models.dataset and metrics.model_family = models.model_family and models.is_champion
inner join ties on gains.dataset = ties.dataset and gains.evaluated_on = ties.evaluated_on
where abs(gains.lift - metrics.value) * ties.conversion_rate * gains.leads > ties.others_at_border + 1e-6
