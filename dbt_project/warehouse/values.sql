-- How a text becomes a value, as macros of DuckDB in the database of raw rows.
-- A text is checked before it is cast, because a cast alone would make 6 of '5.7', 1000 of '1_000' and
-- a number of 'nan'. What is no such value is null.

create or replace macro raw.main.as_integer(value) as
    case
        -- As it is mostly written: a cast there and back is faster than a pattern.
        when try_cast(value as integer)::varchar = value then try_cast(value as integer)
        when regexp_full_match(value, '[+-]?[0-9]{1,18}(\.0+)?')
            then try_cast(split_part(value, '.', 1) as integer)
    end;

-- A number of so many decimals at most, as text that casts to a decimal.
create or replace macro raw.main.as_amount(value, decimals) as
    case
        when regexp_full_match(value, format('[+-]?([0-9]+(\.{0})?|\.{0})', '[0-9]{0,' || decimals || '}0*')) then value
    end;

create or replace macro raw.main.as_double(value) as
    case
        when regexp_full_match(value, '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?')
            then try_cast(value as double)
    end;

-- Whether a plain number may as well be one with a thousands separator: '1.000', but not '0.125'.
create or replace macro raw.main.may_be_thousands(value) as
    strlen(value) >= 5 and regexp_full_match(value, '[+-]?[1-9][0-9]{0,2}\.[0-9]{3}');

-- A number as people write it: with thousands, a currency, brackets or a minus at its end.
create or replace macro raw.main.number_pattern() as
    format(
        '{0}?{1}{2}{1}|{1}{0}{2}{1}|{1}{2}{1}[−-]|{1}\({1}{2}{1}\){1}',
        '[+−-]',
        '(?:\pZ?(?:(?:US|[AC])?\p{Sc}|EUR|USD|GBP|CHF|JPY|CNY|INR|CAD|AUD|SEK|NOK|DKK|PLN|CZK)?\pZ?)',
        '(?:(?:[0-9]+|[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?:\pZ[0-9]{3})+|(?:[\x27’][0-9]{3})+))(?:\.[0-9]*)?|\.[0-9]+)'
    );

create or replace macro raw.main.plain_number_with_point(value) as
    case
        when regexp_full_match(value, raw.main.number_pattern())
            then if(regexp_matches(value, '[-−(]'), '-', '') || regexp_replace(value, '[^0-9.]', '', 'g')
    end;

-- Such a number as plain text with a decimal point. Where a comma is the decimal sign, both change places.
create or replace macro raw.main.plain_number(value, decimal) as
    raw.main.plain_number_with_point(if(decimal = 'comma', translate(value, '.,', ',.'), value));

-- The one of two readings of a number, with a point and with a comma as its decimal sign, that is meant. A number
-- that can be read with a point alone is that number; else the whole column tells, or the build stops.
create or replace macro raw.main.number_meant(with_point, with_comma, decimal) as
    case
        when with_comma is null or with_point = with_comma then with_point
        when decimal = 'point' then with_point
        when decimal = 'comma' then with_comma
        else error(decimal)
    end;

create or replace macro raw.main.as_boolean(value) as
    case
        when lower(value) in ('1', '1.0', 'yes', 'y', 'true', 't') then true
        when lower(value) in ('0', '0.0', 'no', 'n', 'false', 'f') then false
    end;

create or replace macro raw.main.as_epoch(value) as
    case
        when strlen(value) <= 10 and try_cast(value as bigint)::varchar = value and value >= '0'
            then make_timestamp(value::bigint * 1000000)
        when regexp_full_match(value, '[0-9]{1,10}(\.0+)?')
            then make_timestamp(split_part(value, '.', 1)::bigint * 1000000)
    end;

-- An id without the decimals that a tool gave it: in a column with blanks 17850 becomes 17850.0.
create or replace macro raw.main.as_id(value) as
    case
        when contains(value, '.') or contains(value, ',')
            then regexp_replace(value, '^([+-]?[0-9]+)(?:\.|[.,]0{1,2})$', '\1')
        else value
    end;

-- Whether a spreadsheet has cut an id short, as in 1.23457E+11; other ids may have become the same.
create or replace macro raw.main.is_shortened(value) as
    contains(value, '+') and regexp_full_match(value, '-?[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,3}');

-- Values of typed files become the text that the source's files of text have, so that one set of casts
-- serves. An id that a nullable column turned into 17850.0 is 17850, and no number looks like one with a
-- thousands separator.
create or replace macro raw.main.number_as_text(value) as
    case
        when value = trunc(value) then try_cast(value as hugeint)::varchar
        when raw.main.may_be_thousands(value::varchar) then value::varchar || '0'
        else value::varchar
    end;

create or replace macro raw.main.bytes_as_text(value) as
    nullif(trim(coalesce(try(decode(value)), value::varchar)), '');

create or replace macro raw.main.other_as_text(value) as
    nullif(trim(value::varchar), '');
