-- How a text becomes a value, as macros of DuckDB in the database of raw rows.
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
