"""Run dbt in this process and kill it, as kill -9 would, before the n-th step in the warehouse.

A step is an operation on a file or folder in WAREHOUSE_DIR, or a database that is attached or
detached; the last one is the end of dbt. Of operations of one kind in a row only the first two
count. The file that is named first gets a line per step that was done. Step 0 never comes: nobody
is killed.
"""

import os
import re
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper
from dbt.cli.main import cli

sys.path.insert(0, "dbt_project")
from warehouse.plugin import Plugin

WAREHOUSE = os.path.realpath(os.environ["WAREHOUSE_DIR"])
OPERATIONS = {
    os: ("chmod", "fsync", "link", "mkdir", "rename", "replace", "rmdir", "symlink", "unlink"),
    shutil: ("copyfile", "copytree", "move", "rmtree"),
}
DATABASE = re.compile(r"\s*(?:/\*.*?\*/)?\s*(attach|detach)\b", re.DOTALL | re.IGNORECASE)

report, step = Path(sys.argv.pop(1)), int(sys.argv.pop(1))
done: list[str] = []


def take_step(name: str, of: str) -> None:
    """Note a step, or die before it."""
    # Neither of these two changes what is there, and every file of a set has both.
    kind = "chmod or fsync" if name in ("chmod", "fsync") else name
    if done[-2:] == [kind, kind]:
        return
    done.append(kind)
    if len(done) == step:
        os.kill(os.getpid(), signal.SIGKILL)
    with report.open("a") as stream:
        stream.write(f"{name} {of}\n")


def place_of(where: Any, folder: int | None) -> str:
    """Return the real path of what an operation is given: a path or an open file."""
    if isinstance(where, int):
        return os.readlink(f"/proc/self/fd/{where}")
    path = Path(os.fsdecode(where))
    parent = os.readlink(f"/proc/self/fd/{folder}") if folder is not None else path.parent
    return str(Path(os.path.realpath(parent)) / path.name)


def stepped(function: Callable) -> Callable:
    """Return the function with a step before each call that is about the warehouse."""

    @wraps(function)
    def call(*args, **kwargs):
        folder = kwargs.get("dir_fd", kwargs.get("src_dir_fd"))
        # The second argument may be a path too, or a mode.
        given = [args[0], *(where for where in args[1:2] if not isinstance(where, int))]
        places = [place_of(where, folder) for where in given]
        inside = [place for place in places if place.startswith(WAREHOUSE)]
        if inside:
            take_step(function.__name__, os.path.relpath(inside[0], WAREHOUSE))
        return function(*args, **kwargs)

    return call


def execute(cursor: DuckDBCursorWrapper, sql: str, *args, **kwargs):
    if database := DATABASE.match(sql):
        take_step(database[1], "database")
    return run_sql(cursor, sql, *args, **kwargs)


class SteppedConnection:
    """A connection of the plugin's own, with a step before each database that comes or goes."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    def execute(self, sql: str, *args) -> Any:
        if database := DATABASE.match(sql):
            take_step(database[1], "database")
        return self.connection.execute(sql, *args)


def call_with(plugin: Plugin, connection: Any, function: Callable, *args, **how):
    return run_with(plugin, connection, partial(on_steps, function), *args, **how)


def on_steps(function: Callable, connection: duckdb.DuckDBPyConnection, *args, **how):
    return function(SteppedConnection(connection), *args, **how)


for module, names in OPERATIONS.items():
    for name in names:
        setattr(module, name, stepped(getattr(module, name)))
run_sql, DuckDBCursorWrapper.execute = DuckDBCursorWrapper.execute, execute
run_with, Plugin._with = Plugin._with, call_with
try:
    cli()
finally:
    take_step("exit", "dbt")
