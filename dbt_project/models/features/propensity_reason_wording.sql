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
    null::varchar as dataset,
    null::varchar as feature,
    null::varchar as feature_value,
    null::varchar as phrase,
    null::varchar as above,
    null::varchar as below,
    null::double as divisor,
    null::integer as decimals
where false
