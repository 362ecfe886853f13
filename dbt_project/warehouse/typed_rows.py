"""SQL that casts the raw rows of a source, made of what its YAML declares."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from warehouse import intake
from warehouse.generation_file import identifier, literal
from warehouse.raw_rows import DATABASE

TYPES_IN_WORDS = {"integer": "a whole number", "double": "a number", "boolean": "yes or no"}


def typed(
    source: str,
    relation: str,
    category_map: str | None,
    date_formats: Sequence[str],
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
    date_formats : sequence of str
        Formats of its dates, tried in order.
    is_anybody_forgotten : bool
        Whether rows of people are to be looked for who were forgotten.

    Returns
    -------
    str
        A query of `file`, `row_number`, `raw_row`, `raw_row_number` (the lower half of its md5),
        `row_at` (the value of the column that is declared `time`), `is_forgotten`, the declared
        columns, and two texts that say what was found, in the order of the columns and joined by
        '; ': `problems` (why the row is rejected) and `repairs` (what was changed in a row that is
        kept). Null means nothing.
    """
    columns = intake.declared_table(source)["columns"]
    forgotten = _is_forgotten(source, columns) if is_anybody_forgotten else "false"
    shown = (
        f"case when {forgotten} then '(forgotten)' else raw_rows.raw_row end"
        if is_anybody_forgotten
        else "raw_rows.raw_row"
    )
    values = ", ".join(
        f"{_typed_value(column, date_formats)} as {identifier(column['name'])}"
        for column in columns
    )
    joins = " ".join(
        f"left join {category_map} as {_map(column)} on {_map(column)}.column_name ="
        f" {literal(column['name'])} and {_map(column)}.raw_value = lower({_text(column)})"
        for column in columns
        if column.get("categories")
    )
    dated = next((column for column in columns if column.get("time")), None)
    moment = f"typed.{identifier(dated['name'])}" if dated else "null"
    problems = [problem for column in columns for problem in _problems(source, column)]
    repairs = [
        (f"{_text(c)} is not null and {_map(c)}.value is null", f"{c['name']} is unknown: other")
        for c in columns
        if c.get("categories")
    ]
    return (
        f"select raw_rows.file, raw_rows.row_number, {shown} as raw_row,"
        f" md5_number_lower(raw_rows.raw_row) as raw_row_number, {moment}::timestamp as row_at,"
        f" {forgotten} as is_forgotten,"
        f" typed.*, coalesce(raw_rows.row_error, {_joined(problems)}) as problems,"
        f" {_joined(repairs)} as repairs"
        f" from {relation} as raw_rows {joins} cross join lateral (select {values}) as typed"
    )


def _text(column: Mapping[str, Any]) -> str:
    return f"raw_rows.{identifier(column['name'])}"


def _map(column: Mapping[str, Any]) -> str:
    return identifier(f"{column['name']}_map")


def _typed_value(column: Mapping[str, Any], date_formats: Sequence[str]) -> str:
    text, data_type = _text(column), column["data_type"]
    if column.get("categories"):
        return f"case when {text} is not null then coalesce({_map(column)}.value, 'other') end"
    if data_type == "varchar":
        return text
    if data_type in ("integer", "double", "boolean"):
        return f"{DATABASE}.main.as_{data_type}({text})"
    if decimals := re.fullmatch(r"decimal\(\d+,\s*(\d+)\)", data_type):
        return f"try_cast({DATABASE}.main.as_amount({text}, {decimals[1]}) as {data_type})"
    if data_type in ("date", "timestamp"):
        moments = [f"{DATABASE}.main.as_moment({text}, {literal(form)})" for form in date_formats]
        return f"coalesce({', '.join([*moments, 'null::timestamp'])})::{data_type}"
    raise intake.IntakeError(f"{column['name']}: no text can be cast to '{data_type}'.")


def _problems(source: str, column: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return for a column the conditions under which a row is rejected, each with its reason."""
    name, text, value = column["name"], _text(column), f"typed.{identifier(column['name'])}"
    found = []
    if column["required"] and not column.get("nullable"):
        found.append((f"{text} is null", f"{name} is missing"))
    if column["data_type"] != "varchar":
        words = _in_words(column["data_type"], source)
        found.append((f"{text} is not null and {value} is null", f"{name} is not {words}"))
    if "min" in column:
        found.append((f"{value} < {column['min']}", f"{name} is below {column['min']}"))
    if "max" in column:
        found.append((f"{value} > {column['max']}", f"{name} is above {column['max']}"))
    return found


def _in_words(data_type: str, source: str) -> str:
    if data_type.startswith("decimal"):
        return "an amount"
    return TYPES_IN_WORDS.get(data_type, f"a date in {source}_date_formats")


def _joined(reasons: Sequence[tuple[str, str]]) -> str:
    cases = "".join(f", case when {test} then {literal(words)} end" for test, words in reasons)
    return f"nullif(concat_ws('; ', null{cases}), '')"


def _is_forgotten(source: str, columns: Sequence[Mapping[str, Any]]) -> str:
    """Return SQL that is true for rows of people who were forgotten.

    By the key of the person, or by any field of a line that cannot be split.
    """
    line = "case when raw_rows.row_error is not null then raw_rows.raw_row end"
    tests = [
        f"coalesce(is_forgotten({literal(source)}, {_text(column)}), false)"
        for column in columns
        if column.get("person")
    ]
    tests.append(f"coalesce(is_forgotten_line({literal(source)}, {line}), false)")
    return f"({' or '.join(tests)})"
