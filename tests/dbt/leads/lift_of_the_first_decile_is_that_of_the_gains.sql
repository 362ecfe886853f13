-- Two ways to the same figure; ties of the raw score at the border of the decile may move it by a lead.
{{ config(enabled=source_enabled('leads'), tags=['leads']) }}

select
    gains.evaluated_on,
    gains.lift,
    metrics.value
from {{ ref('lead_gains') }} as gains
inner join {{ ref('lead_model_metrics') }} as metrics
    on gains.evaluated_on = metrics.evaluated_on and gains.score_decile = 1 and metrics.metric = 'first_decile_lift'
inner join {{ ref('lead_models') }} as models
    on metrics.model_family = models.model_family and models.is_champion
where abs(gains.lift / metrics.value - 1) > 2.0 / gains.leads
