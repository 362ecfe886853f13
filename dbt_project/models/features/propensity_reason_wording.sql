{{ config(materialized='view') }}

{% for dataset in propensity_datasets() %}
select
    '{{ dataset }}' as dataset,
    feature,
    feature_value,
    phrase,
    divisor,
    decimals
from {{ ref(dataset ~ '_reason_wording') }}
{{ 'union all' if not loop.last }}
{% endfor %}
