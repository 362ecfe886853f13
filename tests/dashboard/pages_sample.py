"""Pages served as a user would, and files that a company may have published."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, Warehouse

READY_WITHIN = 180


@contextmanager
def served(folder: Path, *program: str) -> Iterator[str]:
    """Serve the pages as `make dashboard` does, or another program, and give the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = os.pathsep.join([str(ROOT), str(ROOT / "dbt_project")])
    with subprocess.Popen(
        [sys.executable, "-m", *(program or ["dashboard"]), "--server.port", str(port)],
        env={**os.environ, "PYTHONPATH": path, "WAREHOUSE_DIR": str(folder)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/_stcore/health", server)
            yield address
        finally:
            server.terminate()


def _wait_for(address: str, server: subprocess.Popen) -> None:
    until = time.monotonic() + READY_WITHIN
    while server.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=1).close()  # noqa: S310
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the server did not answer within {READY_WITHIN} s")


def leads_only(sample: Warehouse, folder: Path) -> Path:
    """Write the file that a company with leads alone would have, from the sample's."""
    folder.mkdir()
    target = folder / sample.published.name
    with duckdb.connect(target) as connection:
        connection.execute(f"attach '{sample.published}' as sample (read_only)")
        tables = connection.execute(
            "select schema_name, table_name, list(column_name) from duckdb_columns()"
            " where database_name = 'sample'"
            " and schema_name in ('propensity', 'monitoring', 'models')"
            " group by all"
        ).fetchall()
        for schema, table, columns in tables:
            kept = {"dataset", "source"}.intersection(columns)
            condition = f"where {kept.pop()} = 'leads'" if kept else ""
            connection.execute(f'create schema if not exists "{schema}"')
            connection.execute(
                f'create table "{schema}"."{table}" as from sample."{schema}"."{table}" {condition}'
            )
        connection.execute("delete from monitoring.build_info where area <> 'propensity'")
    return folder


def emptied(sample: Warehouse, folder: Path) -> Path:
    """Write a file of one generation in which no table has a row but that of the build."""
    folder.mkdir()
    with duckdb.connect(folder / sample.published.name) as connection:
        connection.execute(f"attach '{sample.published}' as sample (read_only)")
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'sample'"
        ).fetchall():
            rows = "" if table == "build_info" else "limit 0"
            connection.execute(f'create schema if not exists "{schema}"')
            connection.execute(
                f'create table "{schema}"."{table}" as from sample."{schema}"."{table}" {rows}'
            )
    return folder
