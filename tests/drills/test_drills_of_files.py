"""What becomes of files when publishing is killed, a folder read-only or a file broken."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from conftest import NIGHTLY, ROOT, SAMPLE, Warehouse, built

pytestmark = pytest.mark.slow

VARIABLES = {
    "sources_enabled": ["mall"],
    "segmentation_resamples": 4,
    "publish_parquet": True,
    "generations_kept": 1,
}
STEPS = range(1, 60) if int(os.environ.get("DRILL_KILLS", "3")) > 100 else (9, 21)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Warehouse:
    """Return a small warehouse, published twice, as Parquet files too."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "raw").mkdir()
    shutil.copy(SAMPLE / "Mall_Customers.csv", folder / "raw")
    warehouse = built(folder / "warehouse", folder / "raw", VARIABLES)
    assert warehouse.dbt(*NIGHTLY, variables=VARIABLES).returncode == 0
    return warehouse


def run_dbt(warehouse: Warehouse, *program: str) -> subprocess.CompletedProcess:
    """Run a build with its folder named as it is, and everything else it writes outside of it."""
    return subprocess.run(
        [*program, "build", "--vars", json.dumps(VARIABLES)],
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


def generation(warehouse: Warehouse) -> str:
    """Read every published table to its end, and return the one generation that they are of."""
    tables = warehouse.query("select schema_name, table_name from duckdb_tables()")
    for schema, table in tables:
        warehouse.query(f'from "{schema}"."{table}"')
    ((found,),) = warehouse.query("select distinct generation_id from monitoring.build_info")
    return found


def parquet_generation(warehouse: Warehouse) -> str:
    """Read every file behind the link, and return the one generation that they are of."""
    current = (warehouse.folder / "parquet" / "current").resolve()
    files = {f"{path.parent.name}.{path.stem}": path for path in current.rglob("*.parquet")}
    assert len(files) == warehouse.query("select count(*) from duckdb_tables()")[0][0]
    for path in files.values():
        duckdb.read_parquet(str(path)).fetchall()
    ids = duckdb.read_parquet(str(files["monitoring.build_info"])).project("generation_id")
    assert ids.fetchall() == [(current.name,)]
    return current.name


@pytest.mark.parametrize("step", STEPS)
def test_kill_at_a_step_of_publishing_parquet(warehouse, step):
    script = str(Path(__file__).with_name("kill_at_publish_step.py"))
    before = parquet_generation(warehouse)
    code = run_dbt(warehouse, sys.executable, script, str(step), "--quiet").returncode
    if code == 0:
        pytest.skip(f"publishing has fewer than {step} steps")
    assert code == -signal.SIGKILL
    assert before <= parquet_generation(warehouse) <= generation(warehouse)
    assert warehouse.dbt(*NIGHTLY, variables=VARIABLES).returncode == 0
    assert before < parquet_generation(warehouse) == generation(warehouse)
    kept = [path.stem for path in (warehouse.folder / "generations").iterdir()]
    sets = {path.name for path in (warehouse.folder / "parquet").iterdir()}
    assert sets <= {"current", generation(warehouse), *kept}


def test_a_target_that_can_only_be_read(warehouse):
    before = generation(warehouse)
    folder = str(warehouse.folder)
    if subprocess.run(["mount", "--bind", folder, folder], capture_output=True).returncode:
        pytest.skip("a folder cannot be mounted read-only here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        run = run_dbt(warehouse, str(Path(sys.executable).with_name("dbt")))
    finally:
        subprocess.run(["umount", folder], check=True)
    assert run.returncode != 0
    assert run.stdout.count("Read-only file system") == 1
    assert "Traceback" not in run.stdout
    assert generation(warehouse) == before


@pytest.mark.parametrize("place", ["start", "middle"])
def test_a_published_file_that_is_corrupt(warehouse, place):
    before = generation(warehouse)
    data = bytearray(warehouse.published.read_bytes())
    size = len(data) // 3
    start = 0 if place == "start" else size
    data[start : start + size] = bytes(size)
    # Not in place: a kept generation may be the same file under another name.
    warehouse.published.unlink()
    warehouse.published.write_bytes(data)
    run = warehouse.dbt(*NIGHTLY, variables=VARIABLES)
    if run.returncode == 0:
        # Nothing that the build read was broken, and it has replaced the file.
        assert generation(warehouse) > before
        return
    assert "`make rollback` puts generation" in run.stdout
    script = ROOT / "dbt_project" / "plugins" / "rollback.py"
    environment = {**os.environ, "WAREHOUSE_DIR": str(warehouse.folder)}
    subprocess.run([sys.executable, script], env=environment, check=True)
    assert generation(warehouse) < before
    assert parquet_generation(warehouse) == generation(warehouse)
    assert warehouse.dbt(*NIGHTLY, variables=VARIABLES).returncode == 0
    assert warehouse.query("select count(*) from segmentation.segment_history") != [(0,)]
