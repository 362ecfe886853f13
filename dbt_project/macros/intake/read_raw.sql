{#
    The rows of a source as text, one line of a file each: file, row_number (the line in the
    file), raw_row, row_error (why the line cannot be split into fields; null where it can) and
    the columns that the source declares.

    A record is one line. Fields may be quoted, with quotes inside them doubled. Lines are split
    here and not by read_csv, which on a broken file loses rows, joins them or gives up.
#}
{% macro read_raw(source_relation) %}
{%- for file in describe_raw_files(source_relation.schema) %}
{{ read_parquet_rows(source_relation, file) if file.format == 'parquet' else read_text_rows(source_relation, file) }}
{% if not loop.last %}union all by name{% endif %}
{%- endfor %}
{% endmacro %}


{# One row per file of a source: how it is read, and how many rows it holds by a count of its lines. #}
{% macro raw_files(source_relation) %}
{%- for file in describe_raw_files(source_relation.schema) %}
select
    {{ dbt.string_literal(source_relation.schema) }} as source,
    {{ literal(file.file) }} as file,
    {{ literal(file.delimiter) }}::varchar as delimiter,
    {{ literal(file.encoding) }}::varchar as encoding,
    {{ file.rows }}::bigint as rows_read
{% if not loop.last %}union all{% endif %}
{%- endfor %}
{% endmacro %}


{% macro read_text_rows(source_relation, file) %}
{%- set delimiter = literal(file.delimiter) -%}
{%- set field = field_pattern(file.delimiter) -%}
(
    with lines as (
        {%- for part in file.parts %}
        select unnest(raw_lines({{ literal(tojson(part)) }}), recursive := true)
        {% if not loop.last %}union all{% endif %}
        {%- endfor %}
    ),

    data_lines as (
        select
            *,
            case when is_decoded then line end as text
        from lines
        where row_number > {{ file.header_line }} and regexp_matches(line, '[^ \t]')
    ),

    split_rows as (
        select
            *,
            case
                when not regexp_matches(text, '["\s\x{a0}]') then string_split(text, {{ delimiter }})
                when not contains(text, '"')
                    then list_transform(string_split(text, {{ delimiter }}), lambda f: {{ trimmed('f') }})
                when regexp_full_match(text, {{ literal('(?:' ~ field ~ ')(?:' ~ file.delimiter ~ '(?:' ~ field ~ '))*') }})
                    then list_transform(
                        regexp_extract_all({{ delimiter }} || text, {{ literal(file.delimiter ~ '(' ~ field ~ ')') }}, 1),
                        lambda f: {{ unquoted('f') }}
                    )
            end as fields
        from data_lines
    )

    select
        {{ literal(file.file) }} as file,
        row_number,
        line as raw_row,
        case
            when text is null then 'a byte is not valid {{ file.encoding }}'
            when fields is null then 'a stray or unclosed quote'
            when len(fields) < {{ file.width }} then 'a short row: fewer than {{ file.width }} fields'
            when len(fields) > {{ file.width }} then 'a long row: more than {{ file.width }} fields'
        end as row_error
        {%- for column in declared_columns(source_relation.schema) %},
        {{ "nullif(fields[" ~ file.fields[column.name] ~ "], '')" if column.name in file.fields else 'null::varchar' }} as {{ adapter.quote(column.name) }}
        {%- endfor %}
    from split_rows
)
{% endmacro %}


{# A path as read_parquet takes it: it would read every file that brackets, stars and question marks match. #}
{% macro no_pattern(path) -%}
    {{ return(path | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]')) }}
{%- endmacro %}


{#
    Typed columns become the text that the source's dialect expects, so that one set of casts serves. They
    are taken by place: names may hold quotes, differ in case only, or be those of DuckDB's own columns.
#}
{% macro read_parquet_rows(source_relation, file) %}
(
    with file_rows as (
        select
            file_row_number,
            *
        from read_parquet({{ literal(no_pattern(file.path)) }}, hive_partitioning = false) as parquet_file (
            {%- for name in file.names %}{{ column_at(loop.index) }}{% if not loop.last %}, {% endif %}{% endfor -%}
        )
    )

    select
        {{ literal(file.file) }} as file,
        file_row_number + 1 as row_number,
        json_object(
            {%- for name in file.names %}{{ literal(name) }}, {{ column_at(loop.index) }}{% if not loop.last %}, {% endif %}{% endfor -%}
        )::varchar as raw_row,
        null::varchar as row_error
        {%- for column in declared_columns(source_relation.schema) %},
        {{ as_text(source_relation, file.fields.get(column.name)) }} as {{ adapter.quote(column.name) }}
        {%- endfor %}
    from file_rows
)
{% endmacro %}


{% macro column_at(place) -%}
    column_{{ place }}
{%- endmacro %}


{% macro as_text(source_relation, field) -%}
    {%- set date_format = (var(source_relation.schema ~ '_date_formats') or ['%Y-%m-%d'])[0] -%}
    {%- set value = column_at(field.place) if field else none -%}
    {%- if not field -%}
        null::varchar
    {%- elif field.kind == 'moment' and date_format == 'epoch' -%}
        epoch({{ value }})::bigint::varchar
    {%- elif field.kind == 'moment' -%}
        {#- The clock of the file's own zone, and not of this machine's. -#}
        strftime({{ 'timezone(' ~ literal(field.zone) ~ ', ' ~ value ~ ')' if field.zone else value }}, {{ literal(date_format) }})
    {%- elif field.kind == 'number' -%}
        {#- An id that a nullable column turned into 17850.0 is 17850. -#}
        case
            when {{ value }} = trunc({{ value }}) then try_cast({{ value }} as hugeint)::varchar
            else {{ value }}::varchar
        end
    {%- elif field.kind == 'bytes' -%}
        nullif(trim(coalesce(try(decode({{ value }})), {{ value }}::varchar)), '')
    {%- else -%}
        nullif(trim({{ value }}::varchar), '')
    {%- endif -%}
{%- endmacro %}


{# A regular expression for one field: quoted, with quotes inside it doubled, or plain. #}
{% macro field_pattern(delimiter) %}
    {{ return(' *"(?:[^"]|"")*" *|[^"' ~ delimiter ~ ']*') }}
{% endmacro %}


{% macro trimmed(field) -%}
    trim({{ field }}, ' ' || chr(9) || chr(160))
{%- endmacro %}


{% macro unquoted(field) -%}
    {{ trimmed("case when starts_with(ltrim(" ~ field ~ "), '\"') then replace(trim(" ~ field ~ ")[2:-2], '\"\"', '\"') else " ~ field ~ " end") }}
{%- endmacro %}
