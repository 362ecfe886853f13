with features as (
    select * from {{ ref('lead_features') }}
),

ruled as (
    select
        *,
        split = 'train' as is_train,
        coalesce({{ var('lead_analyst_rule') }}, false) as meets_rule
    from features
),

rates as (
    select
        lead_id,
        count_if(is_train) over () as training_leads,
        avg(is_converted::int) filter (where is_train) over () as base_rate,
        avg(is_converted::int) filter (where is_train) over (partition by meets_rule) as rule_rate
    from ruled
    -- Without a training lead there is no rate.
    qualify training_leads > 0
)

select
    'base_rate' as model_family,
    lead_id,
    {{ rounded(clipped_probability('base_rate', 'training_leads')) }} as probability
from rates
union all
select
    'analyst_rule' as model_family,
    lead_id,
    {{ rounded(clipped_probability('coalesce(rule_rate, base_rate)', 'training_leads')) }} as probability
from rates
