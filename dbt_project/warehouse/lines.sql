-- How lines of a text become rows of fields, as macros of DuckDB in the database of raw rows.

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
