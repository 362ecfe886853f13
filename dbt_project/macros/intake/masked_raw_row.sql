{#
    A rejected row as it is published: the fields of its source's masked_columns are '***'; a line
    that cannot be split into its fields is not shown where some of them are masked.
#}
{% macro masked_raw_row() -%}
    case
        when raw_row = '(forgotten)' then raw_row
    {%- for name in enabled_sources() if mapping_var('masked_columns').get(name) %}
        {%- for file in describe_raw_files(name) %}
        when source = {{ literal(name) }} and file = {{ literal(file.file) }}
            then {{ masked_line(file, var('masked_columns')[name]) }}
        {%- endfor %}
    {%- endfor %}
        else raw_row
    end
{%- endmacro %}


{% macro masked_line(file, columns) -%}
    {%- set fields = [] -%}
    {%- for column in columns if column in file.fields -%}{%- do fields.append(file.fields[column]) -%}{%- endfor -%}
    {%- if not fields -%}
        raw_row
    {%- elif file.format == 'parquet' -%}
        json_merge_patch(raw_row::json, json_object(
            {%- for field in fields %}{{ literal(field.name) }}, '***'{% if not loop.last %}, {% endif %}{% endfor -%}
        ))::varchar
    {%- else -%}
        {%- set delimiter, field = literal(file.delimiter), field_pattern(file.delimiter) -%}
        {%- set parts = 'regexp_extract_all(' ~ delimiter ~ ' || raw_row, ' ~ literal(file.delimiter ~ '(' ~ field ~ ')') ~ ', 1)' -%}
        case
            when
                regexp_full_match(raw_row, {{ literal('(?:' ~ field ~ ')(?:' ~ file.delimiter ~ '(?:' ~ field ~ '))*') }})
                and len({{ parts }}) = {{ file.width }}
                then array_to_string([
                {%- for place in range(1, file.width + 1) -%}
                    {{ "'***'" if place in fields else parts ~ '[' ~ place ~ ']' }}{% if not loop.last %}, {% endif %}
                {%- endfor -%}
                ], {{ delimiter }})
            else '*** (' || length(raw_row) || ' characters)'
        end
    {%- endif -%}
{%- endmacro %}

