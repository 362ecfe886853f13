"""SQL that reads raw rows and casts them, made of what a source's YAML declares.

Raw rows are views in a database of their own that lives as long as the process, so that a source of
dbt is what its files hold: `file`, `row_number` (the line in the file), `raw_row`, `row_error` (why
the line cannot be split; null where it can), and every declared column as text.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from warehouse import intake
from warehouse.generation_file import identifier, literal

DATABASE = "raw"
MACROS = Path(__file__).with_name("intake.sql")
TYPES_IN_WORDS = {"integer": "a whole number", "double": "a number", "boolean": "yes or no"}


class RawRows:
    """The raw rows of a run: their files are described once, so that all of it reads the same."""

    def __init__(self) -> None:
        self.files: dict[str, list[dict[str, Any]]] = {}

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Attach the database of raw rows, with the macros that read and cast."""
        connection.execute(f"attach if not exists ':memory:' as {DATABASE}")
        connection.execute(MACROS.read_text(encoding="utf-8"))

    def show(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        folder: str,
        encodings: Mapping[str, str],
        date_formats: Mapping[str, Sequence[str]],
        read: Sequence[str],
    ) -> list[str]:
        """Let the raw rows of sources be there, or say what is wrong with their files.

        Parameters
        ----------
        connection : DuckDBPyConnection
            With the database of raw rows.
        folder : str
            Folder of raw files (`RAW_DATA_DIR`).
        encodings, date_formats : mapping
            For each source that is switched on, the encoding of its text files and the formats of
            its dates.
        read : sequence of str
            The sources whose files this run reads. The rows of the others are there, and none.

        Returns
        -------
        list of str
            One line for each problem with the files of these sources; none where the rows are
            there.
        """
        problems = intake.find_problems(folder, {each: encodings[each] for each in read})
        if problems:
            return problems
        for source in encodings:
            table = intake.declared_table(source)
            names = [column["name"] for column in table["columns"]]
            rows = [_no_rows(names)]
            if source in read:
                files = intake.describe_files(source, folder, encodings[source])
                self.files[source] = files
                date_format = [*date_formats[source], "%Y-%m-%d"][0]
                rows += [sql for file in files for sql in _rows(file, names, date_format)]
            view = f"{DATABASE}.{identifier(source)}.{identifier(table['name'])}"
            connection.execute(f"create schema if not exists {DATABASE}.{identifier(source)}")
            connection.execute(f"create or replace view {view} as {' union all '.join(rows)}")
        return []

    def described(self) -> list[dict[str, Any]]:
        """Return one row per file of the sources that this run reads: how it is read, its rows."""
        return [
            {
                "source": source,
                "file": file["file"],
                "delimiter": file["delimiter"],
                "encoding": file["encoding"],
                "rows_read": file["rows"],
            }
            for source, files in self.files.items()
            for file in files
        ]

    def masked(self, source: str, name: str, raw_row: str, masks: str) -> str:
        """Return a raw row as it is published: the fields of masked columns are '***'.

        Parameters
        ----------
        source, name : str
            The source, and the name of its file.
        raw_row : str
            The row.
        masks : str
            JSON: the var `masked_columns`.

        Returns
        -------
        str
            The row. A line that cannot be split into its fields is not shown where some of them
            are masked.
        """
        columns = json.loads(masks).get(source) or []
        (file,) = (file for file in self.files[source] if file["file"] == name)
        fields = [file["fields"][column] for column in columns if column in file["fields"]]
        if raw_row == "(forgotten)" or not fields:
            return raw_row
        if file["format"] == "parquet":
            hidden = {field["name"]: "***" for field in fields}
            return json.dumps(
                {**json.loads(raw_row), **hidden}, separators=(",", ":"), ensure_ascii=False
            )
        field, delimiter = _field_pattern(file["delimiter"]), file["delimiter"]
        parts = re.findall(f"{delimiter}({field})", delimiter + raw_row)
        is_split = re.fullmatch(f"(?:{field})(?:{delimiter}(?:{field}))*", raw_row)
        if not is_split or len(parts) != file["width"]:
            return f"*** ({len(raw_row)} characters)"
        shown = ("***" if place in fields else part for place, part in enumerate(parts, start=1))
        return delimiter.join(shown)


def _field_pattern(delimiter: str) -> str:
    return f' *"(?:[^"]|"")*" *|[^"{delimiter}]*'


def _no_rows(names: Sequence[str]) -> str:
    columns = "".join(f", null::varchar as {identifier(name)}" for name in names)
    return (
        "select null::varchar as file, null::bigint as row_number, null::varchar as raw_row,"
        f" null::varchar as row_error{columns} where false"
    )


def _rows(file: Mapping[str, Any], names: Sequence[str], date_format: str) -> list[str]:
    """Return the statements that read a file: one, or for a long text one per part."""
    if file["format"] == "parquet":
        return [_parquet_rows(file, names, date_format)]
    columns = "".join(
        f", nullif(fields[{file['fields'][name]}], '')"
        if name in file["fields"]
        else ", null::varchar"
        for name in names
    )
    how = ", ".join(
        (
            literal(file["delimiter"]),
            literal(_field_pattern(file["delimiter"])),
            str(file["header_line"]),
            str(file["width"]),
            literal(file["encoding"]),
        )
    )
    return [
        f"select {literal(file['file'])}, row_number, raw_row, row_error{columns}"
        f" from {DATABASE}.main.text_rows({literal(json.dumps(part))}, {how})"
        for part in file["parts"]
    ]


def _parquet_rows(file: Mapping[str, Any], names: Sequence[str], date_format: str) -> str:
    # By place: names may hold quotes, differ in case only, or be those of DuckDB's own columns.
    places = [f"column_{place}" for place in range(1, file["width"] + 1)]
    values = ", ".join(
        f"{literal(name)}, {place}" for name, place in zip(file["names"], places, strict=True)
    )
    columns = "".join(f", {_as_text(file['fields'].get(name), date_format)}" for name in names)
    # It would read every file that brackets, stars and question marks match.
    path = re.sub(r"[\[*?]", lambda found: f"[{found[0]}]", file["path"])
    return (
        f"select {literal(file['file'])}, file_row_number + 1, json_object({values})::varchar,"
        f" null::varchar{columns} from (select file_row_number, * from"
        f" read_parquet({literal(path)}, hive_partitioning = false)"
        f" as parquet_file ({', '.join(places)}))"
    )


def _as_text(field: Mapping[str, Any] | None, date_format: str) -> str:
    if field is None:
        return "null::varchar"
    value = f"column_{field['place']}"
    if field["kind"] == "moment" and date_format == "epoch":
        return f"epoch({value})::bigint::varchar"
    if field["kind"] == "moment":
        # The clock of the file's own zone, and not of this machine's.
        local = f"timezone({literal(field['zone'])}, {value})" if field["zone"] else value
        return f"strftime({local}, {literal(date_format)})"
    return f"{DATABASE}.main.{field['kind']}_as_text({value})"


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
