{#
    The rows of those tables of the previous generation that it has, by name of column; no row where it
    has none of them.
#}
{% macro stored_fit(relations) %}
    {%- if not execute -%}{{ return('select 1') }}{%- endif -%}
    {%- set found = [] -%}
    {%- for relation in relations -%}
        {%- if load_relation(relation) is not none -%}{%- do found.append(relation) -%}{%- endif -%}
    {%- endfor -%}
    {%- for relation in found %}
    select * from {{ relation }}
    {% if not loop.last %}union all by name{% endif %}
    {%- else %}
    select
        null::varchar as model_run_id,
        null::varchar as dataset
    where false
    {%- endfor %}
{% endmacro %}
