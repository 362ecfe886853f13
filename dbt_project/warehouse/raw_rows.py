"""SQL that reads raw rows, made of what a source's YAML declares.

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
MACROS = ("lines.sql", "values.sql")
# How moments of typed files become text, without and with a zone; read whatever the formats are.
NATIVE_MOMENTS = ("%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f%z")


class RawRows:
    """The raw rows of a run: their files are described once, so that all of it reads the same."""

    def __init__(self) -> None:
        self.files: dict[str, list[dict[str, Any]]] = {}

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Attach the database of raw rows, with the macros that read and cast."""
        connection.execute(f"attach if not exists ':memory:' as {DATABASE}")
        for name in MACROS:
            connection.execute(Path(__file__).with_name(name).read_text(encoding="utf-8"))

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
    if field["kind"] != "moment":
        return f"{DATABASE}.main.{field['kind']}_as_text({value})"
    naive, _ = NATIVE_MOMENTS
    if field["zone"]:
        return f"strftime(timezone('UTC', {value}), {literal(naive + '+00:00')})"
    return f"strftime({value}, {literal(naive)})"
