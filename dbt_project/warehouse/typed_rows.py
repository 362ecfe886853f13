"""SQL that casts the raw rows of a source, made of what its YAML declares."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse import intake
from warehouse.generation_file import identifier, literal
from warehouse.raw_rows import DATABASE, NATIVE_MOMENTS, relation

TYPES_IN_WORDS = {"integer": "a whole number", "double": "a number", "boolean": "yes or no"}
DECIMALS = ("point", "comma")
KEPT = ("file", "row_number", "raw_row", "row_error")
# The first day that a date may be where its column declares none; the last one follows the build.
EARLIEST = "1900-01-01"
DAYS_AHEAD = 2
# A column of numbers has one decimal sign where so many of those that tell agree.
AGREEMENT = 0.9
# What strptime reads in digits, and in how many; others are words.
DIGITS = {"Y": "4", "G": "4", "y": "2", "j": "1,3", "w": "1", "u": "1", "f": "0,9", "n": "0,9"}
DIGITS |= dict.fromkeys("dmHIMSUWV", "1,2") | {"g": "1,3"}
DIGIT_FIRST = " or ({0} >= '0' and {0} < ':')"
COMPOSED = {"%c": "%Y-%m-%d %H:%M:%S", "%x": "%Y-%m-%d", "%X": "%H:%M:%S"}
OFFSET = r"(?:[+-]\d\d(?::?\d\d){0,2}|Z)"


@dataclass(frozen=True)
class Meaning:
    """What the texts of a source mean, beyond what its YAML declares.

    Attributes
    ----------
    built_on : str
        The day of the build, UTC: dates much later are problems.
    date_formats : sequence of str
        Formats of its dates (strptime, or 'epoch'), tried in order.
    null_texts : sequence of str
        Texts that stand for no value, in all columns.
    decimal : {'point', 'comma', None}
        The decimal sign; None takes it from each column of each file.
    time_zone : str
        Where times without an offset are meant, and days are counted.
    masked_columns : sequence of str
        Columns whose values no message shows.
    typed_files : sequence of str
        Files and tables whose numbers are numbers, and no texts with a decimal sign.
    """

    built_on: str
    date_formats: Sequence[str] = ()
    null_texts: Sequence[str] = ()
    decimal: str | None = None
    time_zone: str = "UTC"
    masked_columns: Sequence[str] = ()
    typed_files: Sequence[str] = ()


def typed(
    source: str,
    relation: str,
    category_map: str | None,
    meaning: Meaning,
    is_anybody_forgotten: bool,
) -> str:
    """Return SQL of the raw rows of a source, with every declared column cast to its type.

    Parameters
    ----------
    source : str
        Name of the source.
    relation : str
        Its raw rows.
    category_map : str or None
        The table of its categories; None where it declares none.
    meaning : Meaning
        What its texts mean.
    is_anybody_forgotten : bool
        Whether rows of people are to be looked for who were forgotten.

    Returns
    -------
    str
        A query of `file`, `row_number`, `raw_row`, `raw_row_number` (the lower half of its md5),
        `row_at` (the value of the column that is declared `time`), `is_forgotten`, the declared
        columns, and two texts that say what was found, in the order of the columns and joined by
        '; ': `problems` (why the row is rejected) and `repairs` (what was changed in a row that is
        kept). Null means nothing. A moment is UTC.
    """
    columns = intake.declared_table(source)["columns"]
    numbers = [column for column in columns if _is_number(column) and not meaning.decimal]
    steps = [
        ("texts", f"select {', '.join([*KEPT, *_texts(columns, meaning)])} from {relation}"),
        ("mapped", _mapped(columns, category_map)),
        ("plain", _selected("mapped", [_plainly_written(column) for column in numbers])),
        ("twice", _selected("plain", [each for column in numbers for each in _readings(column)])),
        ("valued", _selected("twice", _values(source, columns, meaning, is_anybody_forgotten))),
        ("dated", _dated(columns, meaning.built_on)),
    ]
    dated = next((identifier(column["name"]) for column in columns if column.get("time")), "null")
    problems = [problem for column in columns for problem in _problems(source, column)]
    repairs = [
        (f"{_text(c)} is not null and {_category(c)} is null", f"{c['name']} is unknown: other")
        for c in columns
        if c.get("categories")
    ]
    shown = "raw_row"
    if is_anybody_forgotten:
        shown = "case when is_forgotten then '(forgotten)' else raw_row end as raw_row"
    names = ", ".join(identifier(column["name"]) for column in columns)
    return (
        f"with {', '.join(f'{name} as ({query})' for name, query in steps)}"
        # md5_number_lower() goes by way of a text of bits, and takes four times as long.
        f" select file, row_number, {shown},"
        " (md5_number(dated.raw_row) >> 64)::ubigint as raw_row_number,"
        f" {dated}::timestamp as row_at, is_forgotten, {names},"
        f" coalesce(row_error, {_joined(problems)}) as problems, {_joined(repairs)} as repairs"
        " from dated"
    )


def decimal_of(
    connection: duckdb.DuckDBPyConnection, source: str, file: str, name: str, is_shown: bool
) -> str:
    """Return the decimal sign of a column of a file, or say why it cannot be told.

    Parameters
    ----------
    connection : DuckDBPyConnection
        With the raw rows of the source.
    source, file, name : str
        The column.
    is_shown : bool
        Whether a message may show its values.

    Returns
    -------
    {'point', 'comma'} or str
        The sign in which alone (nearly) all those can be read that can be read in one only. A text
        of more words is the line for the user.
    """
    table = intake.declared_table(source)
    (column,) = (column for column in table["columns"] if column["name"] == name)
    text = identifier(name)
    point, comma = (_cast(column, _plain(text, decimal)) for decimal in DECIMALS)
    possible = _possible(column, "point", "comma")
    n_rows, n_point, n_comma, of_point, of_comma, of_both = connection.execute(
        "select count(*), count(*) filter (comma is null), count(*) filter (point is null),"
        " min(text) filter (comma is null), min(text) filter (point is null),"
        " min((text, point::varchar, comma::varchar)) filter (point <> comma)"
        f" from (select text, {possible[0]} as point, {possible[1]} as comma"
        f" from (select {text} as text, {point} as point, {comma} as comma"
        f" from {relation(source, table['name'])} where file = $file))"
        " where point is distinct from comma",
        {"file": file},
    ).fetchone()
    # None in unit tests, whose rows are in no file.
    if n_rows == 0 or n_point >= AGREEMENT * (n_point + n_comma) > 0:
        return "point"
    if n_comma >= AGREEMENT * (n_point + n_comma) > 0:
        return "comma"
    advice = f"set the var {source}_decimal to point or comma"
    if n_point:
        seen = f" ('{of_point}', '{of_comma}')" if is_shown else ""
        return (
            f"{source}: {file} has numbers with a decimal point and with a decimal comma in"
            f" {name}{seen}: {advice}, and the others are rejected."
        )
    seen = "'{}' can be read as {} and as {}".format(*of_both) if is_shown else "can be read twice"
    return f"{source}: {file} does not tell its decimal sign: {name} {seen}; {advice}."


def example_of(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    reason: str,
    file: str,
    row_number: int,
    masked_columns: Sequence[str],
) -> str:
    """Return the rest of a sentence that ends in a reason: a row that has it, and what to do.

    Parameters
    ----------
    connection : DuckDBPyConnection
        With the raw rows of the source.
    source, reason : str
        The reason why most of the source's rejected rows are.
    file, row_number : str, int
        A row that is rejected for it.
    masked_columns : sequence of str
        Columns whose values are not shown; nor are those of keys of people.
    """
    place = f"{file}, line {row_number}"
    table = intake.declared_table(source)
    column = next((c for c in table["columns"] if reason.startswith(c["name"] + " ")), None)
    if column is None:
        return f", as in {place}"
    found = connection.execute(
        f"select {identifier(column['name'])} from {relation(source, table['name'])}"
        " where file = $file and row_number = $row_number",
        {"file": file, "row_number": row_number},
    ).fetchone()
    text = found and found[0]
    is_shown = not column.get("person") and column["name"] not in masked_columns
    seen = f", as '{text}' in {place}" if text and is_shown else f", as in {place}"
    return seen + _advice(source, reason.split("; ")[0], column, text)


def _advice(source: str, reason: str, column: Mapping[str, Any], text: str | None) -> str:
    if reason.endswith(" is missing"):
        return f" (the var {source}_null_texts lists what is no value)" if text else ""
    if re.search(r" is (below|above|outside|not in steps of) [-.\d]", reason):
        return f" (the range is declared in _{source}__sources.yml)"
    if _is_number(column) and " is not " in reason:
        return f" (the var {source}_decimal says how numbers are written)"
    return ""


# ---- steps ----------------------------------------------------------------------------------


def _selected(step: str, added: Sequence[str]) -> str:
    """Return a step that adds columns to the one before."""
    return f"select {', '.join(['*', *added])} from {step}"


def _texts(columns: Sequence[Mapping[str, Any]], meaning: Meaning) -> list[str]:
    """Return SQL of texts as they count: null where they stand for no value."""
    names = [identifier(column["name"]) for column in columns]
    if not meaning.null_texts:
        return [f"{name} as {_text(c)}" for name, c in zip(names, columns, strict=True)]
    longest = max(len(text.encode()) for text in meaning.null_texts)
    # Of IN and list_contains DuckDB would make a join for each column.
    listed = f"[{', '.join(literal(text) for text in meaning.null_texts)}]"
    # A number is known by its first digit, without a look at the list.
    is_number = "" if any(text[:1].isdigit() for text in meaning.null_texts) else DIGIT_FIRST
    return [
        f"case when strlen({name}) > {longest}{is_number.format(name)}"
        f" or list_position({listed}, {name}) is null then {name} end as {_text(column)}"
        for name, column in zip(names, columns, strict=True)
    ]


def _mapped(columns: Sequence[Mapping[str, Any]], category_map: str | None) -> str:
    categories = [column for column in columns if column.get("categories")]
    found = "".join(f", {identifier(c['name'])}.value as {_category(c)}" for c in categories)
    joins = "".join(
        f" left join {category_map} as {identifier(c['name'])} on"
        f" {identifier(c['name'])}.column_name = {literal(c['name'])}"
        f" and {identifier(c['name'])}.raw_value = lower(texts.{_text(c)})"
        for c in categories
    )
    return f"select texts.*{found} from texts{joins}"


def _values(
    source: str,
    columns: Sequence[Mapping[str, Any]],
    meaning: Meaning,
    is_anybody_forgotten: bool,
) -> list[str]:
    forgotten = _is_forgotten(source, columns) if is_anybody_forgotten else "false"
    values = [f"{_value(source, c, meaning)} as {identifier(c['name'])}" for c in columns]
    return [f"{forgotten} as is_forgotten", *values]


def _dated(columns: Sequence[Mapping[str, Any]], built_on: str) -> str:
    """Return the step that leaves out dates that cannot be: they move what is taken from all."""
    outside = [(column, _outside(column, built_on)[0]) for column in columns if _is_moment(column)]
    if not outside:
        return "from valued"
    found = ", ".join(
        f"coalesce({test}, false) as {_is_outside(column)}" for column, test in outside
    )
    replaced = ", ".join(
        f"case when not {_is_outside(column)} then {name} end as {name}"
        for column, _ in outside
        for name in [identifier(column["name"])]
    )
    return f"select * replace ({replaced}) from (select *, {found} from valued)"


def _is_id(column: Mapping[str, Any]) -> bool:
    return bool(column.get("person") or column.get("id"))


def _text(column: Mapping[str, Any]) -> str:
    return identifier(f"{column['name']} as text")


def _category(column: Mapping[str, Any]) -> str:
    return identifier(f"{column['name']} as category")


def _is_outside(column: Mapping[str, Any]) -> str:
    return identifier(f"{column['name']} is outside")


def _value(source: str, column: Mapping[str, Any], meaning: Meaning) -> str:
    text, data_type = _text(column), column["data_type"]
    if column.get("categories"):
        return f"case when {text} is not null then coalesce({_category(column)}, 'other') end"
    if _is_id(column):
        return f"{DATABASE}.main.as_id({text})"
    if data_type == "varchar":
        return text
    if data_type == "boolean":
        return f"{DATABASE}.main.as_boolean({text})"
    if _is_number(column):
        return _number(source, column, meaning)
    if _is_moment(column):
        formats = [*meaning.date_formats, *NATIVE_MOMENTS]
        moments = [_moment(text, form, meaning.time_zone, data_type) for form in formats]
        return f"coalesce({', '.join(moments)})"
    raise intake.IntakeError(f"{column['name']}: no text can be cast to '{data_type}'.")


# ---- numbers --------------------------------------------------------------------------------


def _is_number(column: Mapping[str, Any]) -> bool:
    return column["data_type"].startswith(("integer", "double", "decimal"))


def _number(source: str, column: Mapping[str, Any], meaning: Meaning) -> str:
    """Return SQL of a number, by its two readings where no var says which."""
    text, name = _text(column), column["name"]
    if meaning.decimal == "comma":
        listed = ", ".join(literal(file) for file in meaning.typed_files)
        as_number = f"case when list_position([{listed}], file) > 0 then {_cast(column, text)} end"
        read = [as_number] if listed else []
        return f"coalesce({', '.join([*read, _cast(column, _plain(text, 'comma'))])})"
    if meaning.decimal == "point":
        return f"coalesce({_cast(column, text)}, {_cast(column, _plain(text, 'point'))})"
    is_shown = not column.get("person") and name not in meaning.masked_columns
    asked = f"{literal(source)}, file, {literal(name)}, {is_shown}"
    point, comma = _possible(column, *(_reading(column, decimal) for decimal in DECIMALS))
    meant = f"{DATABASE}.main.number_meant({point}, {comma}, decimal_of({asked}))"
    return f"coalesce({_reading(column, 'ease')}, {meant})"


def _plainly_written(column: Mapping[str, Any]) -> str:
    """Return SQL of a number that needs no second look; null where it does."""
    text = _text(column)
    is_plain = f"not {DATABASE}.main.may_be_thousands({text})"
    return f"case when {is_plain} then {_cast(column, text)} end as {_reading(column, 'ease')}"


def _readings(column: Mapping[str, Any]) -> list[str]:
    """Return SQL of any other number with a decimal point, and with a comma."""
    return [
        f"case when {_reading(column, 'ease')} is null"
        f" then {_cast(column, _plain(_text(column), decimal))} end as {_reading(column, decimal)}"
        for decimal in DECIMALS
    ]


def _reading(column: Mapping[str, Any], how: str) -> str:
    return identifier(f"{column['name']} with {how}")


def _possible(column: Mapping[str, Any], point: str, comma: str) -> list[str]:
    """Return SQL of two readings of a number.

    One outside the declared range is none if the other is within.
    """
    bounds = [f"{{0}} >= {column['min']}"] if "min" in column else []
    bounds += [f"{{0}} <= {column['max']}"] if "max" in column else []
    is_within = " and ".join(bounds)
    if not bounds:
        return [point, comma]
    return [
        f"case when ({is_within.format(other)}) is not true or {is_within.format(one)}"
        f" then {one} end"
        for one, other in ((point, comma), (comma, point))
    ]


def _plain(text: str, decimal: str) -> str:
    return f"{DATABASE}.main.plain_number({text}, {literal(decimal)})"


def _cast(column: Mapping[str, Any], plain: str) -> str:
    data_type = column["data_type"]
    if decimals := re.fullmatch(r"decimal\(\d+,\s*(\d+)\)", data_type):
        return f"try_cast({DATABASE}.main.as_amount({plain}, {decimals[1]}) as {data_type})"
    return f"{DATABASE}.main.as_{data_type}({plain})"


# ---- moments --------------------------------------------------------------------------------


def _is_moment(column: Mapping[str, Any]) -> bool:
    return column["data_type"] in ("date", "timestamp")


def _moment(text: str, form: str, zone: str, data_type: str) -> str:
    """Return SQL of the moment that a text tells in a format, UTC; of a date, its day there."""
    if form == "epoch":
        return _of_utc(f"{DATABASE}.main.as_epoch({text})", zone, data_type)
    if form.endswith("%z"):
        # ISO 8601 writes Z for +00:00.
        text = f"if(ends_with({text}, 'Z'), {text}[:-2] || '+00:00', {text})"
    parsed = f"try_strptime({text}, {literal(form)})"
    if "%z" in form.lower():
        parsed = _of_utc(f"timezone('UTC', {parsed})", zone, data_type)
    elif form.endswith("Z"):
        parsed = _of_utc(parsed, zone, data_type)
    elif data_type == "date":
        parsed = f"{parsed}::date"
    elif zone != "UTC":
        parsed = f"timezone('UTC', timezone({literal(zone)}, {parsed}))"
    # strptime alone makes the year 14 of '14'.
    return f"case when regexp_full_match({text}, {literal(pattern_of(form))}) then {parsed} end"


def _of_utc(moment: str, zone: str, data_type: str) -> str:
    if data_type != "date":
        return moment
    return f"timezone({literal(zone)}, timezone('UTC', {moment}))::date"


def pattern_of(form: str) -> str:
    r"""Return the pattern of the texts that have as many digits as a format says.

    A year has four digits, or two; a day, a month and what belongs to a time may have one where
    something that is no digit parts them from the next.

    Examples
    --------
    >>> pattern_of("%d.%m.%Y")
    '\\d{1,2}\\.\\d{1,2}\\.\\d{4}'
    >>> pattern_of("%Y%m%d")
    '\\d{4}\\d{2}\\d{2}'
    """
    for composed, parts in COMPOSED.items():
        form = form.replace(composed, parts)
    parts = re.findall(r"%-?[a-zA-Z%]|\s+|[^%]", form)
    widths = [DIGITS.get(part[-1]) if part[0] == "%" else None for part in parts]
    pattern = ""
    for place, (part, width) in enumerate(zip(parts, widths, strict=True)):
        if width:
            is_parted = not any(widths[max(place - 1, 0) : place] + widths[place + 1 : place + 2])
            exact = width if is_parted else width.removeprefix("1,")
            pattern += rf"\d{{{exact}}}"
        elif part == "%z":
            pattern += OFFSET
        elif part[0] == "%" and part != "%%":
            pattern += ".+"
        else:
            pattern += r"\s+" if part.isspace() else re.escape(part[-1])
    return pattern


# ---- what is wrong --------------------------------------------------------------------------


def _problems(source: str, column: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return for a column the conditions under which a row is rejected, each with its reason."""
    name, text, value = column["name"], _text(column), identifier(column["name"])
    found = []
    if column["required"] and not column.get("nullable"):
        found.append((f"{text} is null", f"{name} is missing"))
    if _is_id(column):
        shortened = f"{DATABASE}.main.is_shortened({text})"
        found.append((shortened, f"{name} was cut short by a spreadsheet"))
    if column["data_type"] != "varchar":
        words = _in_words(column["data_type"], source)
        is_cast = f"{value} is not null"
        if _is_moment(column):
            is_cast += f" or {_is_outside(column)}"
        found.append((f"{text} is not null and not ({is_cast})", f"{name} is not {words}"))
    if _is_moment(column):
        return [*found, (_is_outside(column), _outside(column)[1])]
    if "min" in column:
        found.append((f"{value} < {column['min']}", f"{name} is below {column['min']}"))
    if "max" in column:
        found.append((f"{value} > {column['max']}", f"{name} is above {column['max']}"))
    if step := column.get("step"):
        steps = f"({value} - {column.get('min', 0)}) / {step}"
        words = f"{name} is not in steps of {step} from {column.get('min', 0)}"
        found.append((f"abs({steps} - round({steps})) > 1e-6", words))
    return found


def _outside(column: Mapping[str, Any], built_on: str = "") -> tuple[str, str]:
    """Return the condition under which a date or moment cannot be, with the reason."""
    value = identifier(column["name"])
    earliest, latest = str(column.get("min", EARLIEST)), column.get("max")
    last_day = f"{literal(str(latest or built_on))}::date + {0 if latest else DAYS_AHEAD}"
    return (
        f"{value} < {literal(earliest)}::date or {value} >= {last_day} + 1",
        f"{column['name']} is outside {earliest} to {latest or 'the day after tomorrow'}",
    )


def _in_words(data_type: str, source: str) -> str:
    if data_type.startswith("decimal"):
        return "an amount"
    return TYPES_IN_WORDS.get(data_type, f"a date in {source}_date_formats")


def _joined(reasons: Sequence[tuple[str, str]]) -> str:
    """Return SQL of the reasons that hold, as one text; null, and soon found, where none does."""
    if not reasons:
        return "null::varchar"
    holds = " or ".join(f"({test})" for test, _ in reasons)
    cases = "".join(f", case when {test} then {literal(words)} end" for test, words in reasons)
    return f"case when {holds} then concat_ws('; '{cases}) end"


def _is_forgotten(source: str, columns: Sequence[Mapping[str, Any]]) -> str:
    """Return SQL that is true for rows of people who were forgotten.

    By the key of the person, or by any field of a line that cannot be split.
    """
    line = "case when row_error is not null then raw_row end"
    tests = [
        f"coalesce(is_forgotten({literal(source)}, {_text(column)}), false)"
        for column in columns
        if column.get("person")
    ]
    tests.append(f"coalesce(is_forgotten_line({literal(source)}, {line}), false)")
    return f"({' or '.join(tests)})"
