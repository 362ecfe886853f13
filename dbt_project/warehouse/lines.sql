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

-- The fields of a record, or null where it cannot be split. Its kind says whether there is anything to do
-- but cut it: 1 where blanks are to be trimmed, 2 where it has quotes. `field` is the pattern of a field:
-- quoted, with quotes inside it doubled, or plain.
create or replace macro raw.main.fields_of(line, kind, delimiter, field) as
    case
        when kind = 0 then string_split(line, delimiter)
        when kind = 1 then list_transform(string_split(line, delimiter), lambda f: raw.main.trimmed(f))
        when regexp_full_match(line, '(?:' || field || ')(?:[' || delimiter || '](?:' || field || '))*')
            then list_transform(
                regexp_extract_all(delimiter || line, '[' || delimiter || '](' || field || ')', 1),
                lambda f: raw.main.unquoted(f)
            )
    end;

-- The rows of a part of a text file. Records are split here and not by read_csv, which on a broken file
-- loses rows, joins them or gives up. Behind the `named` fields a record may have a delimiter, and no more.
create or replace macro raw.main.text_rows(part, delimiter, field, header, width, named, encoding) as table
    with records as (
        select unnest(raw_records(part), recursive := true)
    ),

    split_records as (
        select
            *,
            raw.main.fields_of(case when is_decoded then line end, kind, delimiter, field) as fields
        from records
    )

    select
        row_number,
        line as raw_row,
        case
            when not is_decoded then 'a byte is not valid ' || encoding
            -- To look for it is cheaper than to trim every line.
            when contains(line, header) and trim(line, ' ' || chr(9) || chr(65279)) = header then 'the header again'
            when fields is null then 'a stray or unclosed quote'
            when len(fields) < named then 'a short row: fewer than ' || named || ' fields'
            when len(fields) > width or (named < width and list_aggregate(fields[named + 1:], 'string_agg', '') <> '')
                then 'a long row: more than ' || named || ' fields'
        end as row_error,
        fields
    from split_records;
