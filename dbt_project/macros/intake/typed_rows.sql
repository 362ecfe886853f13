{#
    The raw rows of a source with every declared column cast to its declared type, and two texts
    that say what was found, in the order of the columns and joined by '; ': `problems` (why the
    row is rejected) and `repairs` (what was changed in a row that is kept). Null means nothing.
#}
{% macro typed_rows(source_name, raw_rows) %}
{%- set category_map = ref('category_map') -%}
{%- set columns = declared_columns(source_name) -%}
    select
        raw_rows.file,
        raw_rows.row_number,
        {{ raw_row_of_others(source_name, columns) }} as raw_row,
        {{ is_forgotten(source_name, columns) }} as is_forgotten,
        typed.*,
        coalesce(raw_rows.row_error, {{ joined_reasons(column_problems(source_name, columns)) }}) as problems,
        {{ joined_reasons(column_repairs(columns)) }} as repairs
    from {{ raw_rows }} as raw_rows
    {%- for column in columns if column.categories %}
    left join {{ category_map }} as {{ category_map_alias(column) }}
        on {{ category_map_alias(column) }}.source = {{ literal(source_name) }}
        and {{ category_map_alias(column) }}.column_name = {{ literal(column.name) }}
        and {{ category_map_alias(column) }}.raw_value = lower({{ raw_text(column) }})
    {%- endfor %}
    cross join lateral (
        select
        {%- for column in columns %}
            {{ typed_value(source_name, column) }} as {{ adapter.quote(column.name) }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    ) as typed
{% endmacro %}


{# Reasons, each a case expression that is null where it does not hold, as one text or null. #}
{% macro joined_reasons(reasons) -%}
    nullif(concat_ws('; ', null {%- for reason in reasons %}, {{ reason }}{% endfor %}), '')
{%- endmacro %}


{% macro reason(condition, words) -%}
    case when {{ condition }} then {{ literal(words) }} end
{%- endmacro %}


{% macro raw_text(column) -%}
    raw_rows.{{ adapter.quote(column.name) }}
{%- endmacro %}


{% macro category_map_alias(column) -%}
    {{ adapter.quote(column.name ~ '_map') }}
{%- endmacro %}


{% macro typed_value(source_name, column) -%}
    {%- if column.categories -%}
        case when {{ raw_text(column) }} is not null then coalesce({{ category_map_alias(column) }}.value, 'other') end
    {%- else -%}
        {{ cast_text(raw_text(column), column.data_type, var(source_name ~ '_date_formats')) }}
    {%- endif -%}
{%- endmacro %}


{% macro column_problems(source_name, columns) %}
    {%- set reasons = [] -%}
    {%- for column in columns -%}
        {%- set text, value = raw_text(column), 'typed.' ~ adapter.quote(column.name) -%}
        {%- if column.required and not column.nullable -%}
            {%- do reasons.append(reason(text ~ ' is null', column.name ~ ' is missing')) -%}
        {%- endif -%}
        {%- if column.data_type != 'varchar' -%}
            {%- set words = column.name ~ ' is not ' ~ type_in_words(column.data_type, source_name) -%}
            {%- do reasons.append(reason(text ~ ' is not null and ' ~ value ~ ' is null', words)) -%}
        {%- endif -%}
        {%- if column.min is defined -%}
            {%- do reasons.append(reason(value ~ ' < ' ~ column.min, column.name ~ ' is below ' ~ column.min)) -%}
        {%- endif -%}
        {%- if column.max is defined -%}
            {%- do reasons.append(reason(value ~ ' > ' ~ column.max, column.name ~ ' is above ' ~ column.max)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(reasons) }}
{% endmacro %}


{% macro column_repairs(columns) %}
    {%- set reasons = [] -%}
    {%- for column in columns if column.categories -%}
        {%- set is_unknown = raw_text(column) ~ ' is not null and ' ~ category_map_alias(column) ~ '.value is null' -%}
        {%- do reasons.append(reason(is_unknown, column.name ~ ' is unknown: other')) -%}
    {%- endfor -%}
    {{ return(reasons) }}
{% endmacro %}
