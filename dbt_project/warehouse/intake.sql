-- What intake asks of a text, as macros of DuckDB in the database of raw rows.
-- A text is checked before it is cast, because a cast alone would make 6 of '5.7', 1000 of '1_000' and
-- a number of 'nan'. What is no such value is null.

create or replace macro raw.main.as_integer(value) as
    case
        when regexp_full_match(value, '[+-]?[0-9]{1,18}(\.0+)?')
            then try_cast(split_part(value, '.', 1) as integer)
    end;

-- An amount of so many decimals, with or without currency and thousands, as text that casts to a decimal.
create or replace macro raw.main.as_amount(value, decimals) as
    case
        when regexp_full_match(
            value, '-?[$€£]? ?-?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{0,' || decimals || '}0*)?'
        )
            then regexp_replace(value, '[$€£, ]', '', 'g')
    end;

create or replace macro raw.main.as_double(value) as
    case
        when regexp_full_match(value, '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?')
            then try_cast(value as double)
    end;

create or replace macro raw.main.as_boolean(value) as
    case
        when lower(value) in ('1', '1.0', 'yes', 'y', 'true', 't') then true
        when lower(value) in ('0', '0.0', 'no', 'n', 'false', 'f') then false
    end;

create or replace macro raw.main.as_moment(value, form) as
    case
        when form <> 'epoch' then try_strptime(value, form)
        when regexp_full_match(value, '[0-9]{1,10}(\.0+)?')
            then make_timestamp(split_part(value, '.', 1)::bigint * 1000000)
    end;

create or replace macro raw.main.trimmed(field) as
    trim(field, ' ' || chr(9) || chr(160));

create or replace macro raw.main.unquoted(field) as
    raw.main.trimmed(
        case
            when starts_with(ltrim(field), '"') then replace(trim(field)[2:-2], '""', '"')
            else field
        end
    );

-- The fields of a line, or null where it cannot be split. `field` is the pattern of one: quoted, with
-- quotes inside it doubled, or plain.
create or replace macro raw.main.fields_of(line, delimiter, field) as
    case
        when not regexp_matches(line, '["\s\x{a0}]') then string_split(line, delimiter)
        when not contains(line, '"')
            then list_transform(string_split(line, delimiter), lambda f: raw.main.trimmed(f))
        when regexp_full_match(line, '(?:' || field || ')(?:' || delimiter || '(?:' || field || '))*')
            then list_transform(
                regexp_extract_all(delimiter || line, delimiter || '(' || field || ')', 1),
                lambda f: raw.main.unquoted(f)
            )
    end;

-- The rows of a part of a text file: a line is a record. Lines are split here and not by read_csv, which
-- on a broken file loses rows, joins them or gives up.
create or replace macro raw.main.text_rows(part, delimiter, field, header_line, width, encoding) as table
    with lines as (
        select unnest(raw_lines(part), recursive := true)
    ),

    data_lines as (
        select
            *,
            case when is_decoded then line end as text
        from lines
        where row_number > header_line and regexp_matches(line, '[^ \t]')
    ),

    split_lines as (
        select
            *,
            raw.main.fields_of(text, delimiter, field) as fields
        from data_lines
    )

    select
        row_number,
        line as raw_row,
        case
            when text is null then 'a byte is not valid ' || encoding
            when fields is null then 'a stray or unclosed quote'
            when len(fields) < width then 'a short row: fewer than ' || width || ' fields'
            when len(fields) > width then 'a long row: more than ' || width || ' fields'
        end as row_error,
        fields
    from split_lines;

-- Values of typed files become the text that the source's files of text have, so that one set of casts
-- serves. An id that a nullable column turned into 17850.0 is 17850.
create or replace macro raw.main.number_as_text(value) as
    case
        when value = trunc(value) then try_cast(value as hugeint)::varchar
        else value::varchar
    end;

create or replace macro raw.main.bytes_as_text(value) as
    nullif(trim(coalesce(try(decode(value)), value::varchar)), '');

create or replace macro raw.main.other_as_text(value) as
    nullif(trim(value::varchar), '');
