-- The conditions of the data sets that bring words of their own (var datasets, key words).
{%- for dataset in datasets_of('segmentation') if 'persona_conditions' in words_of(dataset) %}
select
    '{{ dataset }}' as dataset,
    rule,
    feature,
    measure,
    minimum,
    maximum
from {{ ref(dataset ~ '_persona_conditions') }}
union all
{%- endfor %}
select
    null::varchar as dataset,
    null::varchar as rule,
    null::varchar as feature,
    null::varchar as measure,
    null::double as minimum,
    null::double as maximum
where false
