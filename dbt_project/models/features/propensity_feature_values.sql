{%- for dataset in datasets_of('propensity') %}
{%- set asked = propensity_columns(dataset) %}
select
    '{{ dataset }}' as dataset,
    {{ adapter.quote(asked.key) }}::varchar as entity_id,
    {{ periods_ago(asked) }} as periods_ago,
    unnest([
        {%- for column in asked.features %}
        {
            'feature': {{ literal(column.name) }},
            'number_value': {{ number_value(column) }},
            'text_value': {{ text_value(column) }},
            'feature_value': {{ value_as_text(column) }}
        }
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    ], recursive := true)
from {{ ref(propensity_features_model(dataset)) }}
{% if not loop.last %}union all{% endif %}
{%- endfor %}
