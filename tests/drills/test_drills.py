"""Break builds on purpose: what is published stays whole, and the next build succeeds.

`make test` runs one of each; `make drills` sets DRILL_KILLS to 200.
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
from conftest import NIGHTLY, QUICK_MALL, SAMPLE, Warehouse, built

KILLS = int(os.environ.get("DRILL_KILLS", "1"))
SEED = int(os.environ.get("DRILL_SEED", "20261120"))
PUBLISH_STEPS = range(1, 40) if KILLS > 100 else (13,)
HISTORY = {
    "segmentation.segment_history": "dataset, customer_id, valid_from, segment_id, is_active",
    "segmentation.segment_migrations": "dataset, generation_id, from_segment, to_segment",
    "monitoring.training_decisions": "dataset, generation_id",
    "monitoring.feature_drift": "dataset, feature, generation_id",
    "monitoring.model_runs": "model_run_id",
}
# After so many kills in a row a build must succeed, with nobody to repair anything.
KILLS_IN_A_ROW = 10 if KILLS > 100 else 1


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Warehouse:
    """Return a small warehouse that is published."""
    folder = tmp_path_factory.mktemp("drill")
    (folder / "raw").mkdir()
    shutil.copy(SAMPLE / "Mall_Customers.csv", folder / "raw")
    return built(folder / "warehouse", folder / "raw", QUICK_MALL)


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


def history(warehouse: Warehouse) -> set[tuple]:
    """Return the keys of all rows that no later generation may lack."""
    return {
        (table, *key)
        for table, columns in HISTORY.items()
        for key in warehouse.query(f"select {columns} from {table}")
    }


def change_visitors(warehouse: Warehouse, dice: random.Random) -> None:
    """Let a few visitors stay away, others than last time."""
    header, *lines = (SAMPLE / "Mall_Customers.csv").read_text().splitlines()
    kept = sorted(dice.sample(range(len(lines)), len(lines) - 5))
    rows = [header, *(lines[at] for at in kept)]
    (warehouse.raw / "Mall_Customers.csv").write_text("\n".join(rows) + "\n")


def started(warehouse: Warehouse, **how) -> subprocess.Popen:
    call = warehouse.call(*NIGHTLY, variables=QUICK_MALL, **how)
    return subprocess.Popen(**call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def assert_nothing_is_lost(warehouse, before: str, known: set[tuple]) -> None:
    assert generation(warehouse) >= before
    assert known <= history(warehouse)


def assert_nothing_is_lost_and_the_next_build_succeeds(warehouse, before, known):
    assert_nothing_is_lost(warehouse, before, known)
    run = warehouse.dbt(*NIGHTLY, variables=QUICK_MALL)
    assert run.returncode == 0, run.stdout
    assert generation(warehouse) > before
    assert known < history(warehouse)


def test_kill_at_random_moments(warehouse):
    dice = random.Random(SEED)  # noqa: S311
    clock = time.perf_counter()
    assert started(warehouse).wait() == 0
    whole = time.perf_counter() - clock
    killed = 0
    for kill in range(1, KILLS + 1):
        before, known = generation(warehouse), history(warehouse)
        change_visitors(warehouse, dice)
        build = started(warehouse)
        time.sleep(dice.uniform(0, whole))
        build.send_signal(signal.SIGKILL)
        killed += build.wait() == -signal.SIGKILL
        if kill % KILLS_IN_A_ROW:
            assert_nothing_is_lost(warehouse, before, known)
        else:
            assert_nothing_is_lost_and_the_next_build_succeeds(warehouse, before, known)
    print(f"{killed} of {KILLS} builds of {whole:.1f} s were killed before their end")
    assert killed >= 0.5 * KILLS or KILLS < 10


@pytest.mark.parametrize("step", PUBLISH_STEPS)
def test_kill_at_a_step_of_publishing(warehouse, step):
    script = str(Path(__file__).with_name("kill_at_publish_step.py"))
    before, known = generation(warehouse), history(warehouse)
    code = started(warehouse, program=[sys.executable, script, str(step)]).wait()
    if code == 0:
        pytest.skip(f"publishing has fewer than {step} steps")
    assert code == -signal.SIGKILL
    assert_nothing_is_lost_and_the_next_build_succeeds(warehouse, before, known)


def test_a_folder_that_cannot_be_written(warehouse):
    before, known = generation(warehouse), history(warehouse)
    (warehouse.folder / "customer_analytics.next.duckdb").mkdir()
    run = warehouse.dbt(*NIGHTLY, variables=QUICK_MALL)
    assert run.returncode != 0
    (warehouse.folder / "customer_analytics.next.duckdb").rmdir()
    assert_nothing_is_lost_and_the_next_build_succeeds(warehouse, before, known)


def test_disk_full_while_publishing(warehouse, tmp_path):
    mount = ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        shutil.copytree(warehouse.folder, tmp_path, dirs_exist_ok=True)
        small = Warehouse(tmp_path, warehouse.raw)
        before, known = generation(small), history(small)
        # Half of what the new file needs is left: the build fits, publishing does not.
        ballast = shutil.disk_usage(tmp_path).free - small.published.stat().st_size // 2
        with (tmp_path / "ballast").open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, ballast)
        run = small.dbt(*NIGHTLY, variables=QUICK_MALL)
        assert run.returncode != 0
        assert "No space left" in run.stdout + run.stderr
        assert generation(small) == before
        (tmp_path / "ballast").unlink()
        assert_nothing_is_lost_and_the_next_build_succeeds(small, before, known)
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)
