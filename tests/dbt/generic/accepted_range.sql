{% test accepted_range(model, column_name, min_value=none, max_value=none) %}
select {{ column_name }}
from {{ model }}
where
    false
    {%- if min_value is not none %} or not {{ column_name }} >= {{ min_value }}{% endif %}
    {%- if max_value is not none %} or not {{ column_name }} <= {{ max_value }} or isnan({{ column_name }}::double){% endif %}
{% endtest %}
