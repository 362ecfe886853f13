-- The one place of the area that names data sets: the columns of their features models become rows.
{%- for dataset in datasets_of('segmentation') %}
{%- set features = [] %}
{%- for column in feature_columns(dataset ~ '_features') %}
    {%- do features.append(struct_of({
        'feature': literal(column.name),
        'is_number': column.data_type != 'varchar',
        'number_value': number_value(column),
        'text_value': text_value(column)
    })) %}
{%- endfor %}
select
    '{{ dataset }}' as dataset,
    customer_id,
    {{ fields_of(list_of(features)) }}
from {{ ref(dataset ~ '_features') }}
{% if not loop.last %}union all{% endif %}
{%- endfor %}
