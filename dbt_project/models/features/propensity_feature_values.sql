with specs as (
    select * from {{ ref('propensity_specs') }}
),

spec_features as (
    select * from {{ ref('propensity_spec_features') }}
),

features as (
    {% for dataset in datasets_of('propensity') %}
    select
        '{{ dataset }}' as dataset,
        to_json(features) as attributes
    from {{ ref(propensity_features_model(dataset)) }} as features -- noqa: AL05
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

listed as (
    select
        features.dataset,
        json_extract_string(features.attributes, specs.key) as entity_id,
        spec_features.feature,
        spec_features.kind,
        json_extract_string(features.attributes, spec_features.feature) as feature_value
    from features
    inner join specs using (dataset)
    inner join spec_features using (dataset)
)

select
    dataset,
    entity_id,
    feature,
    case kind
        when 'number' then feature_value::double
        when 'flag' then feature_value::boolean::integer::double
    end as number_value,
    case when kind = 'category' then feature_value end as text_value,
    feature_value
from listed
