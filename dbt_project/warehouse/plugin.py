"""dbt-duckdb plugin: one build at a time, the published file attached, raw files described."""

import atexit
import functools
import gc
import hashlib
import inspect
import json
import os
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.credentials import Attachment, DuckDBCredentials
from dbt.adapters.duckdb.impl import DuckDBAdapter
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.exceptions import DbtRuntimeError
from threadpoolctl import threadpool_limits

from models_py import runs
from warehouse import (
    forgetting,
    intake,
    modes,
    next_generation,
    people,
    previous,
    progress,
    publishing,
    raw_rows,
    repairs,
    reports,
    tables,
    typed_rows,
    variables,
)
from warehouse.generation_file import SCHEMA_VERSION, GenerationFileError, first_line
from warehouse.locking import take_lock


class Plugin(BasePlugin):
    """Give SQL what it cannot do itself, as functions; every write stays with dbt."""

    attachments: Sequence[Attachment] = ()

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Check the vars, create the warehouse folder and take its lock, or stop at once.

        Raises
        ------
        DbtRuntimeError
            If a var or a setting of the environment cannot be meant, another process builds in the
            same folder, or the folder cannot be written.
        """
        try:
            variables.check(getattr(get_flags(), "VARS", {}), os.environ)
        except ValueError as error:
            raise DbtRuntimeError(str(error)) from error
        progress.show()
        # dbt runs models side by side: what one of them allows the libraries holds for all.
        os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
        threadpool_limits(1)
        # dbt-duckdb looks for foreign keys on every table with a key, 6 ms each. There are none.
        DuckDBAdapter._foreign_key_catalog_types = set()
        # What is loaded by now stays; searching it for garbage time and again costs a second.
        gc.freeze()
        atexit.register(gc.unfreeze)
        self.folder = Path(plugin_config["warehouse_dir"]).absolute()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            take_lock(self.folder / "build.lock")
        except BlockingIOError as error:
            raise DbtRuntimeError(
                f"Another build is running in {self.folder} (it holds build.lock): wait for it."
            ) from error
        except OSError as error:
            raise DbtRuntimeError(f"WAREHOUSE_DIR {self.folder}: {error.strerror}.") from error
        if get_flags().WHICH != "generate":
            # The working file holds masked columns, and so does what DuckDB spills of it. The
            # pages of `dbt docs generate` are for everybody.
            modes.keep_to_owner()

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Clear a broken working file and keep it private; let DUCKDB_THREADS bound the threads."""
        try:
            publishing.clear_working_file(Path(creds.path))
            modes.make_private(Path(creds.path))
        except (GenerationFileError, OSError) as error:
            raise DbtRuntimeError(first_line(error)) from error
        if threads := os.environ.get("DUCKDB_THREADS"):
            config["threads"] = threads
        self.attachments = creds.attach or []

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Attach the published generation read-only as `previous` and register the functions."""
        self._attach(conn)
        try:
            self.previous = publishing.attach_previous(conn, self.folder)
        except (GenerationFileError, OSError) as error:
            raise DbtRuntimeError(first_line(error)) from error
        text = "VARCHAR"
        raw = self.raw = raw_rows.RawRows()
        conn.create_function(
            "published_columns",
            lambda tables, sources: people.published_columns(tables, json.loads(sources)),
            [text] * 2,
            "STRUCT(schema_name VARCHAR, table_name VARCHAR, column_name VARCHAR,"
            " description VARCHAR, table_description VARCHAR, sources VARCHAR[],"
            " declared VARCHAR)[]",
        )
        raw.attach(conn)
        conn.create_function(
            "described_raw_files",
            raw.described,
            [],
            "STRUCT(source VARCHAR, file VARCHAR, delimiter VARCHAR, encoding VARCHAR,"
            " rows_read BIGINT)[]",
            side_effects=True,
        )
        conn.create_function("masked_raw_row", raw.masked, [text] * 4, text)
        self.decimal_of = functools.cache(
            lambda *column: self._with(conn, typed_rows.decimal_of, *column)
        )
        conn.create_function(
            "decimal_of",
            lambda source, file, column, is_shown: self.decimal_of(source, file, column, is_shown),
            [text, text, text, "BOOLEAN"],
            text,
            side_effects=True,
        )
        conn.create_function(
            "example_of",
            lambda source, reason, file, row_number, masks: self._with(
                conn,
                typed_rows.example_of,
                source,
                reason,
                file,
                row_number,
                json.loads(masks).get(source) or [],
            ),
            [text, text, text, "BIGINT", text],
            text,
            side_effects=True,
        )
        conn.create_function("code_version", lambda: code_version(), [], "VARCHAR")
        conn.create_function(
            "published_at",
            lambda: self.previous and self.previous.built_at,
            [],
            "TIMESTAMP",
            side_effects=True,
            null_handling="special",
        )
        conn.create_function("schema_version", lambda: SCHEMA_VERSION, [], "INTEGER")
        conn.create_function("training_version", lambda: runs.training_version(), [], "VARCHAR")
        # Nobody can be forgotten while this process holds the lock.
        self.forgotten = functools.cache(lambda: forgetting.read_forgotten(self.folder))
        conn.create_function(
            "is_forgotten",
            lambda sources, ids: self.forgotten().holds_each(sources, ids),
            [text] * 2,
            "BOOLEAN",
            type="arrow",
        )
        conn.create_function(
            "is_forgotten_line",
            lambda source, line: self.forgotten().holds_line(source, line),
            [text] * 2,
            "BOOLEAN",
        )
        for name, function, parameters in (
            ("show_raw_rows", lambda how: self._with(conn, raw.show, **json.loads(how)), [text]),
            ("typed_rows", lambda how: self._typed_rows(**json.loads(how)), [text]),
            (
                "repairs_beyond_limit",
                lambda how: self._with(conn, repairs.beyond_limit, **json.loads(how)),
                [text],
            ),
            ("read_published", lambda: publishing.read_published(self.folder), []),
            ("require_report", reports.require, []),
            ("undeclared_people", people.undeclared, [text]),
            ("show_previous", lambda tables: self._with(conn, previous.show, tables), [text]),
            (
                "switched_off_sources",
                lambda sources, enabled: self._with(
                    conn, next_generation.switched_off, json.loads(sources), json.loads(enabled)
                ),
                [text] * 2,
            ),
            ("publish", lambda how: self._publish(conn, **json.loads(how)), [text]),
        ):
            conn.create_function(name, _replying(function), parameters, text, side_effects=True)

    def _attach(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Attach the profile's databases before dbt does, to say in one line what is wrong."""
        for attachment in self.attachments:
            name = attachment.alias or attachment.path
            if name.lower() in tables.OWN_DATABASES:
                raise DbtRuntimeError(
                    f"profiles.yml attaches a database as {name}, which is a name of the"
                    " warehouse's own: give it another alias."
                )
            try:
                conn.execute(attachment.to_sql())
            except duckdb.Error as error:
                # The path may hold a password.
                said = first_line(error).replace(attachment.path, "its path")
                raise DbtRuntimeError(
                    f"profiles.yml: the database {name} cannot be attached: {said}"
                ) from error

    def _with(
        self, conn: duckdb.DuckDBPyConnection, function: Callable[..., Any], *args: Any, **how: Any
    ) -> Any:
        """Call a function with a connection of its own: the other one runs the query that asks."""
        with conn.cursor() as cursor:
            return function(cursor, *args, **how)

    def _typed_rows(
        self, *, source: str, relation: str, category_map: str | None, meaning: dict[str, Any]
    ) -> str:
        # Files may have changed since it was asked.
        self.decimal_of.cache_clear()
        return typed_rows.typed(
            source,
            relation,
            category_map,
            typed_rows.Meaning(**meaning, typed_files=self.raw.typed_files(source)),
            bool(self.forgotten().digests),
        )

    def _publish(
        self,
        conn: duckdb.DuckDBPyConnection,
        *,
        keep: int,
        parquet: bool,
        report: bool,
        masked_columns: dict[str, list[str] | None],
        raw_columns: dict[str, dict[str, str]],
        switched_off: list[str],
        models: list[str],
    ) -> Path:
        columns = {source: names for source, names in masked_columns.items() if names}
        masks = next_generation.Masks(columns, raw_columns)
        path = publishing.next_path(self.folder)
        self._with(conn, next_generation.fill, path, masks, switched_off, models)
        return publishing.swap(self.folder, keep, parquet, report)


def code_version(root: Path = Path(__file__).parents[2]) -> str:
    """Return the version and the md5 of the code and reference data that it builds with."""
    files = [root / "dbt_project.yml"]
    for folder in ("dbt_project", "models_py", "seeds/reference"):
        files += [
            p for p in (root / folder).rglob("*") if p.suffix in (".py", ".sql", ".yml", ".csv")
        ]
    digest = hashlib.md5(usedforsecurity=False)
    for path in sorted(files):
        digest.update(path.relative_to(root).as_posix().encode() + b"\n" + path.read_bytes())
    return f"{metadata.version('customer-analytics-warehouse')}+{digest.hexdigest()[:12]}"


def _replying(function: Callable[..., Any]) -> Callable[..., str]:
    """Return a function that replies with JSON: its `answer`, or the `error` in one line.

    An exception would reach the user inside DuckDB's own wording.
    """

    def reply(*arguments: Any) -> str:
        try:
            return json.dumps({"answer": function(*arguments)}, default=str)
        except (
            intake.IntakeError,
            GenerationFileError,
            forgetting.ForgettingError,
            OSError,
            duckdb.Error,
        ) as error:
            return json.dumps({"error": first_line(error)})

    # DuckDB asks a function for the number of its parameters.
    reply.__signature__ = inspect.signature(function)
    return reply
