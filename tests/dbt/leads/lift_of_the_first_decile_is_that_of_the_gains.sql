-- Two ways to the same figure. Of leads that are tied at the border of the decile one takes the first by key and the other
-- their mean, so that the conversions of the decile may differ by as many as are tied with its last one.
{{ config(enabled=source_enabled('leads'), tags=['leads']) }}

with scores as (
    select
        *,
        ntile(10) over (partition by evaluated_on order by raw_score desc, lead_id asc) as score_decile
    from {{ ref('lead_champion_scores') }}
),

borders as (
    select
        evaluated_on,
        avg(is_converted::int) as conversion_rate,
        min(raw_score) filter (where score_decile = 1) as border
    from scores
    group by evaluated_on
),

ties as (
    select
        borders.evaluated_on,
        borders.conversion_rate,
        count(*) - 1 as others_at_border
    from borders
    inner join scores on borders.evaluated_on = scores.evaluated_on and borders.border = scores.raw_score
    group by borders.evaluated_on, borders.conversion_rate
)

select
    gains.evaluated_on,
    gains.lift,
    metrics.value
from {{ ref('lead_gains') }} as gains
inner join {{ ref('lead_model_metrics') }} as metrics
    on gains.evaluated_on = metrics.evaluated_on and gains.score_decile = 1 and metrics.metric = 'first_decile_lift'
inner join {{ ref('lead_models') }} as models
    on metrics.model_family = models.model_family and models.is_champion
inner join ties on gains.evaluated_on = ties.evaluated_on
where abs(gains.lift - metrics.value) * ties.conversion_rate * gains.leads > ties.others_at_border + 1e-6
