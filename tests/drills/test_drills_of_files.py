"""What becomes of a folder that can only be read, and of a published file that is broken."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from conftest import NIGHTLY, ROOT, Warehouse
from drill import (
    QUICK,
    assert_the_next_build_succeeds,
    generation,
    history,
    parquet_generation,
    small_warehouse,
    start_script,
)

pytestmark = pytest.mark.slow

VARIABLES = {**QUICK, "publish_parquet": True}
# A DuckDB file begins with three headers; its blocks follow.
HEADERS = 3 * 4096


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Warehouse:
    """Return a small warehouse, published twice, as Parquet files too."""
    return small_warehouse(tmp_path_factory.mktemp("files"), VARIABLES, nights=2)


def run_dbt(warehouse: Warehouse) -> subprocess.CompletedProcess:
    """Run a build with its folder named as it is, and everything else it writes outside of it."""
    return subprocess.run(
        [Path(sys.executable).with_name("dbt"), "build", "--vars", json.dumps(VARIABLES)],
        cwd=ROOT,
        env={
            **os.environ,
            "RAW_DATA_DIR": str(warehouse.raw),
            "WAREHOUSE_DIR": str(warehouse.folder),
            "DBT_LOG_PATH": str(warehouse.raw.parent / "logs"),
            "DBT_TARGET_PATH": str(warehouse.raw.parent / "target"),
        },
        capture_output=True,
        text=True,
    )


def block_of(path: Path, table: str) -> range:
    """Return where a block of a table lies in a DuckDB file."""
    with duckdb.connect(path, read_only=True) as connection:
        ((block, size),) = connection.execute(
            f"select max(block_id), any_value(block_size) from pragma_storage_info('{table}'),"
            " pragma_database_size()"
        ).fetchall()
    start = HEADERS + block * size
    return range(start, start + size)


def test_a_target_that_can_only_be_read(warehouse):
    before = generation(warehouse)
    folder = str(warehouse.folder)
    if subprocess.run(["mount", "--bind", folder, folder], capture_output=True).returncode:
        pytest.skip("a folder cannot be mounted read-only here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        run = run_dbt(warehouse)
    finally:
        subprocess.run(["umount", folder], check=True)
    assert run.returncode != 0
    assert run.stdout.count("Read-only file system") == 1
    assert "Traceback" not in run.stdout
    assert generation(warehouse) == before


@pytest.mark.parametrize("place", ["headers", "history"])
def test_a_published_file_that_is_broken(warehouse, place):
    # The build reads the history in any case.
    assert warehouse.dbt(*NIGHTLY, variables=VARIABLES).returncode == 0
    before = generation(warehouse)
    history_block = block_of(warehouse.published, "segmentation.segment_history")
    zeroed = range(HEADERS) if place == "headers" else history_block
    data = bytearray(warehouse.published.read_bytes())
    assert any(data[zeroed.start : zeroed.stop])
    data[zeroed.start : zeroed.stop] = bytes(len(zeroed))
    # Not in place: a kept generation may be the same file under another name.
    warehouse.published.unlink()
    warehouse.published.write_bytes(data)
    run = warehouse.dbt(*NIGHTLY, variables=VARIABLES)
    assert run.returncode != 0
    assert run.stdout.count("`make rollback` puts generation") == 1
    rollback = start_script(warehouse, "rollback")
    assert rollback.ended() == 0, rollback.output()
    assert generation(warehouse) < before
    assert parquet_generation(warehouse) == generation(warehouse)
    assert_the_next_build_succeeds(warehouse, before, history(warehouse), VARIABLES)
