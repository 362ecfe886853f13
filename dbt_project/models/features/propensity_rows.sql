with specs as (
    select * from {{ ref('propensity_specs') }}
),

keyed as (
    {% for dataset in datasets_of('propensity') %}
    {%- set asked = propensity_columns(dataset) %}
    select
        '{{ dataset }}' as dataset,
        {{ adapter.quote(asked.key) }}::varchar as entity_id,
        {{ adapter.quote(asked.label) }}::boolean as has_outcome,
        coalesce({{ analyst_rule(dataset) }}, false) as meets_analyst_rule
    from {{ ref(propensity_features_model(dataset)) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    keyed.dataset,
    keyed.entity_id,
    case
        when keyed.has_outcome is null then 'new'
        when {{ md5_share('keyed.entity_id') }} < specs.holdout_share then 'holdout'
        else 'train'
    end as split,
    keyed.has_outcome,
    keyed.meets_analyst_rule
from keyed
inner join specs using (dataset)
