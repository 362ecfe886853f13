with specs as (
    select * from {{ ref('propensity_specs') }}
),

features as (
    {% for dataset in datasets_of('propensity') %}
    select
        '{{ dataset }}' as dataset,
        coalesce({{ analyst_rule(dataset) }}, false) as meets_analyst_rule,
        to_json(features) as attributes
    from {{ ref(propensity_features_model(dataset)) }} as features -- noqa: AL05
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

keyed as (
    select
        features.dataset,
        json_extract_string(features.attributes, specs.key) as entity_id,
        json_extract_string(features.attributes, specs.label)::boolean as has_outcome,
        features.meets_analyst_rule,
        specs.holdout_share
    from features
    inner join specs using (dataset)
)

select
    dataset,
    entity_id,
    case
        when has_outcome is null then 'new'
        when {{ md5_share('entity_id') }} < holdout_share then 'holdout'
        else 'train'
    end as split,
    has_outcome,
    meets_analyst_rule
from keyed
