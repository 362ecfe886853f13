{%- for dataset in datasets_of('propensity') %}
{%- set asked = propensity_columns(dataset) %}
{%- set features = [] %}
{%- for column in asked.features %}
    {%- do features.append(struct_of({
        'feature': literal(column.name),
        'number_value': number_value(column),
        'text_value': text_value(column),
        'feature_value': value_as_text(column)
    })) %}
{%- endfor %}
select
    '{{ dataset }}' as dataset,
    {{ adapter.quote(asked.key) }}::string as entity_id,
    {{ periods_ago(asked) }} as periods_ago,
    {{ fields_of(list_of(features)) }}
from {{ ref(propensity_features_model(dataset)) }}
{% if not loop.last %}union all{% endif %}
{%- endfor %}
