{#
    The raw rows of a source with every declared column cast to its declared type, and two texts
    that say what was found, in the order of the columns and joined by '; ': `problems` (why the
    row is rejected) and `repairs` (what was changed in a row that is kept). Null means nothing.
#}
{% macro typed_rows(source_relation, raw_rows) %}
{%- set name = source_relation.schema -%}
{%- set category_map = ref('category_map') -%}
{%- set columns = declared_columns(source_relation) -%}
    select
        raw_rows.file,
        raw_rows.row_number,
        raw_rows.raw_row
        {%- for column in columns %},
        {{ typed_value(name, column) }} as {{ adapter.quote(column.name) }}
        {%- endfor %},
        coalesce(raw_rows.row_error, {{ joined_reasons(column_problems(name, columns)) }}) as problems,
        {{ joined_reasons(column_repairs(columns)) }} as repairs
    from {{ raw_rows }} as raw_rows
    {%- for column in columns if column.categories %}
    left join {{ category_map }} as {{ adapter.quote('map_' ~ column.name) }}
        on {{ adapter.quote('map_' ~ column.name) }}.source = {{ literal(name) }}
        and {{ adapter.quote('map_' ~ column.name) }}.column_name = {{ literal(column.name) }}
        and {{ adapter.quote('map_' ~ column.name) }}.raw_value = lower({{ raw_text(column) }})
    {%- endfor %}
{% endmacro %}


{# Reasons, each a case expression that is null where it does not hold, as one text or null. #}
{% macro joined_reasons(reasons) -%}
    nullif(concat_ws('; ', null {%- for reason in reasons %}, {{ reason }}{% endfor %}), '')
{%- endmacro %}


{% macro raw_text(column) -%}
    raw_rows.{{ adapter.quote(column.name) }}
{%- endmacro %}


{% macro typed_value(source_name, column) -%}
    {%- if column.categories -%}
        case when {{ raw_text(column) }} is not null then coalesce({{ adapter.quote('map_' ~ column.name) }}.value, 'other') end
    {%- else -%}
        {{ cast_text(raw_text(column), column.data_type, var(source_name ~ '_date_formats')) }}
    {%- endif -%}
{%- endmacro %}


{% macro column_problems(source_name, columns) %}
    {%- set reasons = [] -%}
    {%- for column in columns -%}
        {%- set text, value = raw_text(column), typed_value(source_name, column) -%}
        {%- if column.required is not false and not column.nullable -%}
            {%- do reasons.append("case when " ~ text ~ " is null then '" ~ column.name ~ " is missing' end") -%}
        {%- endif -%}
        {%- if column.data_type != 'varchar' -%}
            {%- do reasons.append("case when " ~ text ~ " is not null and " ~ value ~ " is null then '" ~ column.name ~ " is not " ~ type_in_words(column.data_type, source_name) ~ "' end") -%}
        {%- endif -%}
        {%- if column.min is not none and column.min is defined -%}
            {%- do reasons.append("case when " ~ value ~ " < " ~ column.min ~ " then '" ~ column.name ~ " is below " ~ column.min ~ "' end") -%}
        {%- endif -%}
        {%- if column.max is not none and column.max is defined -%}
            {%- do reasons.append("case when " ~ value ~ " > " ~ column.max ~ " then '" ~ column.name ~ " is above " ~ column.max ~ "' end") -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(reasons) }}
{% endmacro %}


{% macro column_repairs(columns) %}
    {%- set reasons = [] -%}
    {%- for column in columns if column.categories -%}
        {%- do reasons.append("case when " ~ raw_text(column) ~ " is not null and " ~ adapter.quote('map_' ~ column.name) ~ ".value is null then '" ~ column.name ~ " is unknown: other' end") -%}
    {%- endfor -%}
    {{ return(reasons) }}
{% endmacro %}
