"""Break builds on purpose: what is published stays whole, and the next build succeeds.

`make test` runs a few of each; `make drills` sets DRILL_KILLS to 200.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, SAMPLE, Warehouse, built

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("DRILL_KILLS", "3"))
PUBLISH_STEPS = range(1, 40) if KILLS > 100 else (5, 9, 13)
MALL_ONLY = {"sources_enabled": ["mall"]}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Warehouse:
    """Return a small warehouse, published twice."""
    folder = tmp_path_factory.mktemp("drill")
    (folder / "raw").mkdir()
    shutil.copy(SAMPLE / "Mall_Customers.csv", folder / "raw")
    warehouse = built(folder / "warehouse", folder / "raw", MALL_ONLY)
    assert warehouse.dbt("build", variables=MALL_ONLY).returncode == 0
    return warehouse


def generation(warehouse: Warehouse) -> str:
    """Read every published table to its end, and return the one generation that they are of."""
    tables = warehouse.query("select schema_name, table_name from duckdb_tables()")
    assert len(tables) > 3
    for schema, table in tables:
        warehouse.query(f'from "{schema}"."{table}"')
    ((generation_id,),) = warehouse.query(
        "select distinct generation_id from monitoring.build_info"
    )
    return generation_id


def history_rows(warehouse: Warehouse) -> int:
    """Count what must never become less from one generation to the next."""
    ((rows,),) = warehouse.query("select count(*) from monitoring.build_info")
    return rows


def started(warehouse: Warehouse, *prefix: str) -> subprocess.Popen:
    dbt = str(Path(sys.executable).with_name("dbt"))
    return subprocess.Popen(
        [*(prefix or (dbt,)), "--quiet", "build", "--vars", "sources_enabled: [mall]"],
        cwd=ROOT,
        env={
            **os.environ,
            "RAW_DATA_DIR": str(warehouse.raw),
            "WAREHOUSE_DIR": str(warehouse.folder),
            "DBT_TARGET_PATH": str(warehouse.folder / "target"),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def assert_nothing_is_lost_and_the_next_build_succeeds(warehouse, before, rows):
    assert generation(warehouse) >= before
    assert history_rows(warehouse) >= rows
    run = warehouse.dbt("build", variables=MALL_ONLY)
    assert run.returncode == 0, run.stdout
    assert generation(warehouse) > before


def test_kill_at_random_moments(warehouse):
    dice = random.Random(20261120)  # noqa: S311
    clock = time.perf_counter()
    assert started(warehouse).wait() == 0
    whole = time.perf_counter() - clock
    killed = 0
    for _ in range(KILLS):
        before, rows = generation(warehouse), history_rows(warehouse)
        build = started(warehouse)
        time.sleep(dice.uniform(0, whole))
        build.send_signal(signal.SIGKILL)
        killed += build.wait() == -signal.SIGKILL
        assert_nothing_is_lost_and_the_next_build_succeeds(warehouse, before, rows)
    assert killed >= 0.5 * KILLS


@pytest.mark.parametrize("step", PUBLISH_STEPS)
def test_kill_at_a_step_of_publishing(warehouse, step):
    script = str(Path(__file__).with_name("kill_at_publish_step.py"))
    before, rows = generation(warehouse), history_rows(warehouse)
    code = started(warehouse, sys.executable, script, str(step)).wait()
    if code == 0:
        pytest.skip(f"publishing has fewer than {step} steps")
    assert code == -signal.SIGKILL
    assert_nothing_is_lost_and_the_next_build_succeeds(warehouse, before, rows)


def test_a_folder_that_cannot_be_written(warehouse):
    before, rows = generation(warehouse), history_rows(warehouse)
    (warehouse.folder / "customer_analytics.next.duckdb").mkdir()
    run = warehouse.dbt("build", variables=MALL_ONLY)
    assert run.returncode != 0
    (warehouse.folder / "customer_analytics.next.duckdb").rmdir()
    assert_nothing_is_lost_and_the_next_build_succeeds(warehouse, before, rows)


def test_disk_full_while_publishing(warehouse, tmp_path):
    mount = ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        shutil.copytree(warehouse.folder, tmp_path, dirs_exist_ok=True)
        small = Warehouse(tmp_path, warehouse.raw)
        before, rows = generation(small), history_rows(small)
        # Half of what the new file needs is left: the build fits, publishing does not.
        ballast = shutil.disk_usage(tmp_path).free - small.published.stat().st_size // 2
        with (tmp_path / "ballast").open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, ballast)
        run = small.dbt("build", variables=MALL_ONLY)
        assert run.returncode != 0
        assert "No space left" in run.stdout + run.stderr
        assert generation(small) == before
        (tmp_path / "ballast").unlink()
        assert_nothing_is_lost_and_the_next_build_succeeds(small, before, rows)
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)
