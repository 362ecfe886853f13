{{ config(materialized='view') }}

-- The words of the data sets that bring words of their own (var datasets, key words).
{%- for dataset in datasets_of('propensity') if 'reason_wording' in words_of(dataset) %}
select
    '{{ dataset }}' as dataset,
    feature,
    feature_value,
    phrase,
    above,
    below,
    divisor,
    decimals
from {{ ref(dataset ~ '_reason_wording') }}
union all
{%- endfor %}
select
    null::string as dataset,
    null::string as feature,
    null::string as feature_value,
    null::string as phrase,
    null::string as above,
    null::string as below,
    null::double as divisor,
    null::integer as decimals
where false
