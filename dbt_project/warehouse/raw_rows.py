"""SQL that reads raw rows, made of what a source's YAML declares.

Raw rows are views in a database of their own that lives as long as the process, so that a source of
dbt is what its files hold, or the table in their place: `file` (the name of either), `row_number`
(the line in the file; of a table the place among its rows as the database gave them), `raw_row`,
`row_error` (why the line cannot be split; null where it can), and every declared column as text.
"""

import functools
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from warehouse import intake, tables
from warehouse.fields import cut
from warehouse.generation_file import identifier, literal

DATABASE = "raw"
MACROS = ("values.sql",)
# How moments of typed files become text, without and with a zone; read whatever the formats are.
NATIVE_MOMENTS = ("%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f%z")


class RawRows:
    """The raw rows of a run: their files are described once, so that all of it reads the same."""

    def __init__(self) -> None:
        self.files: dict[str, list[dict[str, Any]]] = {}

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Attach the database of raw rows, with the macros that read and cast."""
        connection.execute(f"attach if not exists ':memory:' as {DATABASE}")
        # Raw rows of typed files show moments; the zone of the machine is not to be seen in them.
        connection.execute("set global TimeZone = 'UTC'")
        for name in MACROS:
            connection.execute(Path(__file__).with_name(name).read_text(encoding="utf-8"))
        for source in intake.declared_sources():
            names = [column["name"] for column in intake.declared_table(source)["columns"]]
            columns = "".join(f", {identifier(name)} VARCHAR" for name in names)
            connection.create_function(
                _function(source),
                functools.partial(self._read, source, names),
                ["BIGINT", "BIGINT"],
                f"STRUCT(row_number BIGINT, raw_row VARCHAR, row_error VARCHAR{columns})[]",
                type="arrow",
                side_effects=True,
            )

    def show(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        folder: str,
        encodings: Mapping[str, str],
        relations: Mapping[str, str | None],
        read: Sequence[str],
    ) -> list[str]:
        """Let the raw rows of sources be there, or say what is wrong with their files and tables.

        Parameters
        ----------
        connection : DuckDBPyConnection
            With the database of raw rows.
        folder : str
            Folder of raw files (`RAW_DATA_DIR`).
        encodings : mapping
            For each source that is switched on, the encoding of its text files.
        relations : mapping
            The table that a source is read from; None where it is read from files.
        read : sequence of str
            The sources whose rows this run reads. The rows of the others are there, and none.

        Returns
        -------
        list of str
            One line for each problem with the files and tables of these sources; none where the
            rows are there.
        """
        in_files = {each: encodings[each] for each in read if not relations.get(each)}
        problems = intake.find_problems(folder, in_files)
        declared = {source: intake.declared_table(source) for source in encodings}
        self.files = {}
        for source, table in declared.items():
            connection.execute(f"create schema if not exists {DATABASE}.{identifier(source)}")
            if source in read and source not in in_files:
                copy = relation(source, f"copy of {table['name']}")
                try:
                    found = tables.copy_table(connection, source, table, relations[source], copy)
                    self.files[source] = [found]
                except intake.IntakeError as error:
                    problems += error.args
        if problems:
            return problems
        for source, encoding in in_files.items():
            self.files[source] = intake.describe_files(source, folder, encoding)
        for source, table in declared.items():
            names = [column["name"] for column in table["columns"]]
            rows = [_no_rows(names)]
            for place, file in enumerate(self.files.get(source, [])):
                if "table" in file:
                    file["path"] = relation(source, f"sheet {place}")
                    _keep(connection, file.pop("table"), file["path"])
                rows += _rows(source, place, file, names)
            view = relation(source, table["name"])
            connection.execute(f"create or replace view {view} as {' union all '.join(rows)}")
        return []

    def _read(
        self, source: str, names: Sequence[str], files: pa.ChunkedArray, parts: pa.ChunkedArray
    ) -> pa.ListArray:
        """Return the rows of parts of a source's files, as a list for each part."""
        read = [
            intake.read_rows(self.files[source][file], part, names)
            for file, part in zip(files.to_pylist(), parts.to_pylist(), strict=True)
        ]
        offsets = np.cumsum([0, *map(len, read)])
        rows = read[0] if len(read) == 1 else pa.concat_arrays(read)
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), rows)

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

    def typed_files(self, source: str) -> list[str]:
        """Return the files and the table of a source whose values have types."""
        return [file["file"] for file in self.files.get(source, []) if "names" in file]

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
        if "names" in file:
            hidden = {field["name"]: "***" for field in fields}
            return json.dumps(
                {**json.loads(raw_row), **hidden}, separators=(",", ":"), ensure_ascii=False
            )
        delimiter = file["delimiter"]
        parts = cut(raw_row, delimiter)
        if parts is None or len(parts) != file["width"]:
            return f"*** ({len(raw_row)} characters)"
        shown = ("***" if place in fields else part for place, part in enumerate(parts, start=1))
        return delimiter.join(shown)


def relation(source: str, name: str) -> str:
    """Return the name in SQL of what the database of raw rows holds of a source."""
    return f"{DATABASE}.{identifier(source)}.{identifier(name)}"


def _function(source: str) -> str:
    """Return the name of the function that reads the texts of a source."""
    return f"raw_rows_of_{source}"


def _no_rows(names: Sequence[str]) -> str:
    columns = "".join(f", null::varchar as {identifier(name)}" for name in names)
    return (
        "select null::varchar as file, null::bigint as row_number, null::varchar as raw_row,"
        f" null::varchar as row_error{columns} where false"
    )


def _rows(source: str, place: int, file: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Return the statements that read a file: one, or for a long text one per part."""
    if file["format"] == "xlsx":
        return [_sheet_rows(file, names)]
    if "names" in file:
        return [_named_rows(file, names)]
    # A part is a statement of its own, so that parts are read side by side.
    function = identifier(_function(source))
    return [
        f"select {literal(file['file'])}, unnest({function}({place}, {part}), recursive := true)"
        for part in range(len(file["parts"]))
    ]


def _named_rows(file: Mapping[str, Any], names: Sequence[str]) -> str:
    """Return the statement that reads rows whose columns have names and types."""
    # By place: names may hold quotes, differ in case only, or be those of DuckDB's own columns.
    places = [f"column_{place}" for place in range(1, file["width"] + 1)]
    values = ", ".join(
        f"{literal(name)}, {place}" for name, place in zip(file["names"], places, strict=True)
    )
    columns = "".join(f", {_as_text(file['fields'].get(name))}" for name in names)
    if file["format"] == "table":
        number, rows = "rowid", file["path"]
    else:
        # It would read every file that brackets, stars and question marks match.
        path = re.sub(r"[\[*?]", lambda found: f"[{found[0]}]", file["path"])
        number = "file_row_number"
        rows = f"read_parquet({literal(path)}, hive_partitioning = false)"
    return (
        f"select {literal(file['file'])}, row_place + 1, json_object({values})::varchar,"
        f" null::varchar{columns} from"
        f" (select {number} as row_place, * from {rows} as named_rows ({', '.join(places)}))"
    )


def _sheet_rows(file: Mapping[str, Any], names: Sequence[str]) -> str:
    places = {name: field["place"] for name, field in file["fields"].items()}
    shown = ", ".join(
        f"{literal(name)}, coalesce(moment_{place}::varchar, text_{place})"
        for place, name in enumerate(file["names"], start=1)
    )
    columns = "".join(
        f", coalesce({_moment_as_text(f'moment_{places[name]}')}, text_{places[name]})"
        if name in places
        else ", null::varchar"
        for name in names
    )
    return (
        f"select {literal(file['file'])}, row_number, json_object({shown})::varchar, row_error"
        f"{columns} from {file['path']}"
    )


def _keep(connection: duckdb.DuckDBPyConnection, table: pa.Table, relation: str) -> None:
    """Keep rows in the database of raw rows, where DuckDB sees to their memory."""
    connection.register("sheet_of_a_workbook", table)
    connection.execute(f"create or replace table {relation} as from sheet_of_a_workbook")
    connection.unregister("sheet_of_a_workbook")


def _as_text(field: Mapping[str, Any] | None) -> str:
    if field is None:
        return "null::varchar"
    value = f"column_{field['place']}"
    if field["kind"] != "moment":
        return f"{DATABASE}.main.{field['kind']}_as_text({value})"
    if field["zone"]:
        return _moment_as_text(f"timezone('UTC', {value})", "+00:00")
    return _moment_as_text(value)


def _moment_as_text(value: str, offset: str = "") -> str:
    return f"strftime({value}, {literal(NATIVE_MOMENTS[0] + offset)})"
