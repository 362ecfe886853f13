-- The conditions of the data sets that bring words of their own (var datasets, key words).
{%- for dataset in datasets_of('segmentation') if 'persona_conditions' in words_of(dataset) %}
select
    '{{ dataset }}' as dataset,
    rule,
    feature,
    min_index,
    max_index
from {{ ref(dataset ~ '_persona_conditions') }}
union all
{%- endfor %}
select
    null::varchar as dataset,
    null::varchar as rule,
    null::varchar as feature,
    null::double as min_index,
    null::double as max_index
where false
