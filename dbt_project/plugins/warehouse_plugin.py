"""dbt-duckdb plugin: one build at a time, the published file attached, raw files described."""

import atexit
import functools
import gc
import hashlib
import inspect
import json
import os
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import duckdb
import forgetting
import intake
import numpy as np
import publishing
import pyarrow as pa
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from locking import take_lock
from threadpoolctl import threadpool_limits

from models_py import runs


class Plugin(BasePlugin):
    """Give SQL what it cannot do itself, as functions; every write stays with dbt."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Create the warehouse folder and take its lock, or stop at once.

        Raises
        ------
        DbtRuntimeError
            If another process builds in the same folder, or the folder cannot be written.
        """
        # dbt runs models side by side: what one of them allows the libraries holds for all.
        os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
        threadpool_limits(1)
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

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Clear a broken working file; let DUCKDB_THREADS bound DuckDB's threads."""
        publishing.clear_broken_working_file(Path(creds.path))
        if threads := os.environ.get("DUCKDB_THREADS"):
            config["threads"] = threads

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Attach the published generation read-only as `previous` and register the functions."""
        try:
            publishing.attach_previous(conn, self.folder)
        except publishing.PublishedFileError as error:
            raise DbtRuntimeError(str(error)) from error
        text = "VARCHAR"
        conn.create_function("declared_columns", _declared_columns, [text], text)
        conn.create_function("project_models", _replying(_project_models), [], text)
        conn.create_function(
            "describe_raw_files", _replying(intake.describe_files), [text] * 3, text
        )
        conn.create_function("count_raw_rows", intake.count_rows, ["VARCHAR", "INTEGER"], "BIGINT")
        conn.create_function(
            "raw_lines",
            _raw_lines,
            ["VARCHAR", "VARCHAR"],
            "STRUCT(row_number BIGINT, line VARCHAR, is_decoded BOOLEAN)[]",
            type="arrow",
            side_effects=True,
        )
        conn.create_function("code_version", lambda: code_version(), [], "VARCHAR")
        conn.create_function("training_version", lambda: runs.training_version(), [], "VARCHAR")
        # Nobody can be forgotten while this process holds the lock.
        forgotten = functools.cache(lambda: forgetting.read_forgotten(self.folder))
        conn.create_function(
            "somebody_is_forgotten", _replying(lambda: bool(forgotten().digests)), [], text
        )
        conn.create_function(
            "is_forgotten",
            lambda sources, ids: forgotten().holds_each(sources, ids),
            [text] * 2,
            "BOOLEAN",
            type="arrow",
        )
        conn.create_function(
            "is_forgotten_line",
            lambda source, line: forgotten().holds_line(source, line),
            [text] * 2,
            "BOOLEAN",
        )
        for name, function, parameters in (
            ("read_published", lambda: publishing.read_published(self.folder), []),
            ("publish_path", lambda: publishing.next_path(self.folder), []),
            (
                "publish_swap",
                lambda keep, parquet: publishing.swap(self.folder, keep, parquet),
                ["INTEGER", "BOOLEAN"],
            ),
        ):
            conn.create_function(name, _replying(function), parameters, text, side_effects=True)


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


def _raw_lines(paths: pa.ChunkedArray, encodings: pa.ChunkedArray) -> pa.ListArray:
    files = [
        intake.read_lines(path, encoding)
        for path, encoding in zip(paths.to_pylist(), encodings.to_pylist(), strict=True)
    ]
    offsets = np.cumsum([0, *(len(lines) for lines in files)])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.concat_arrays(files))


def _project_models() -> list[str]:
    return sorted(p.stem for p in intake.MODELS.rglob("*") if p.suffix in (".sql", ".py"))


def _declared_columns(source: str) -> str:
    return json.dumps(intake.declared_table(source)["columns"])


def _replying(function: Callable[..., Any]) -> Callable[..., str]:
    """Return a function that replies with JSON: its `answer`, or the `error` in one line.

    An exception would reach the user inside DuckDB's own wording.
    """

    def reply(*arguments: Any) -> str:
        try:
            return json.dumps({"answer": function(*arguments)}, default=str)
        except (
            intake.IntakeError,
            forgetting.ForgettingError,
            publishing.PublishedFileError,
            OSError,
            duckdb.Error,
        ) as error:
            return json.dumps({"error": publishing.first_line(error)})

    # DuckDB asks a function for the number of its parameters.
    reply.__signature__ = inspect.signature(function)
    return reply
