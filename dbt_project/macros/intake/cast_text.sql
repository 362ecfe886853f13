{#
    A text as a value of a type, or null where it is not one. The text is checked before it is
    cast, because a cast alone would make 6 of '5.7', 1000 of '1_000' and a number of 'nan'.
#}
{% macro cast_text(text, data_type, date_formats) -%}
    {%- if data_type == 'varchar' -%}
        {{ text }}
    {%- elif data_type == 'integer' -%}
        case when regexp_full_match({{ text }}, '[+-]?[0-9]{1,18}(\.0+)?') then try_cast(split_part({{ text }}, '.', 1) as integer) end
    {%- elif data_type.startswith('decimal') -%}
        {%- set scale = data_type.split(',')[1].rstrip(')') | int -%}
        case
            when regexp_full_match({{ text }}, '-?[$€£]? ?-?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{0,{{ scale }}}0*)?')
                then try_cast(regexp_replace({{ text }}, '[$€£, ]', '', 'g') as {{ data_type }})
        end
    {%- elif data_type == 'double' -%}
        case
            when regexp_full_match({{ text }}, '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?')
                then try_cast({{ text }} as double)
        end
    {%- elif data_type == 'boolean' -%}
        case
            when lower({{ text }}) in ('1', '1.0', 'yes', 'y', 'true', 't') then true
            when lower({{ text }}) in ('0', '0.0', 'no', 'n', 'false', 'f') then false
        end
    {%- elif data_type in ('date', 'timestamp') -%}
        coalesce(
        {%- for format in date_formats %}
            {%- if format == 'epoch' %}
            case when regexp_full_match({{ text }}, '[0-9]{1,10}(\.0+)?') then make_timestamp(split_part({{ text }}, '.', 1)::bigint * 1000000) end
            {%- else %}
            try_strptime({{ text }}, {{ literal(format) }})
            {%- endif -%},
        {%- endfor %}
            null::timestamp
        )::{{ data_type }}
    {%- else -%}
        {% do stop("No cast from text to '" ~ data_type ~ "' is known: see cast_text.") %}
    {%- endif -%}
{%- endmacro %}


{% macro type_in_words(data_type, source_name) -%}
    {%- if data_type == 'integer' -%} a whole number
    {%- elif data_type.startswith('decimal') -%} an amount
    {%- elif data_type == 'double' -%} a number
    {%- elif data_type == 'boolean' -%} yes or no
    {%- else -%} a date in {{ source_name }}_date_formats
    {%- endif -%}
{%- endmacro %}
