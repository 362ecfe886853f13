-- The rules of the data sets that bring words of their own (var datasets, key words).
{%- for dataset in datasets_of('segmentation') if 'persona_rules' in words_of(dataset) %}
select
    '{{ dataset }}' as dataset,
    rule,
    priority,
    segment_name,
    recommended_action
from {{ ref(dataset ~ '_persona_rules') }}
union all
{%- endfor %}
select
    null::varchar as dataset,
    null::varchar as rule,
    null::integer as priority,
    null::varchar as segment_name,
    null::varchar as recommended_action
where false
