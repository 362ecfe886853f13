"""What readers see while builds succeed, fail, overlap or build a part only."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import NIGHTLY, QUICK_MALL, ROOT, SAMPLE, Warehouse, script

from warehouse import publishing

MALL_ONLY = QUICK_MALL


@pytest.fixture
def warehouse(mall) -> Warehouse:
    return mall


def generation(warehouse):
    ((generation_id,),) = warehouse.query(
        "select distinct generation_id from monitoring.build_info"
    )
    return generation_id


def test_a_reader_keeps_its_generation_while_the_next_is_published(warehouse):
    first = generation(warehouse)
    reader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys\n"
            f"con = duckdb.connect({str(warehouse.published)!r}, read_only=True)\n"
            "ask = 'select distinct generation_id from monitoring.build_info'\n"
            "print(con.execute(ask).fetchone()[0], flush=True)\n"
            "sys.stdin.readline()\n"
            "print(con.execute(ask).fetchone()[0], flush=True)\n"
            "print(con.execute('select count(*) from monitoring.data_quality').fetchone()[0])\n",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout.readline().strip() == first
    warehouse.build.chmod(0o644)
    run = warehouse.dbt(*NIGHTLY, variables=MALL_ONLY)
    assert run.returncode == 0, run.stdout
    assert generation(warehouse) > first
    assert [path.stat().st_mode & 0o777 for path in (warehouse.build, warehouse.published)] == [
        0o600,
        0o444,
    ]
    out, _ = reader.communicate("go on\n", timeout=60)
    assert out.split() == [first, "1"]
    assert warehouse.query("select previous_generation_id from monitoring.build_info") == [(first,)]


def add_rejected_visitors(warehouse):
    """Add rows to the raw file until more are rejected than max_rejected_share allows."""
    with (warehouse.raw / "Mall_Customers.csv").open("a") as visitors:
        visitors.writelines(f"bad{number},Male,old,15,39\n" for number in range(100))


def test_a_failed_build_leaves_the_published_file_as_it_was(warehouse):
    before = warehouse.published.read_bytes()
    add_rejected_visitors(warehouse)
    run = warehouse.dbt(*NIGHTLY, variables=MALL_ONLY)
    assert run.returncode == 1
    assert "Not published: " in run.stdout
    assert "the published file is as it was" in run.stdout
    assert warehouse.published.read_bytes() == before


def test_a_node_that_meets_a_limit_names_it_and_the_way_out(tmp_path):
    messages = {
        "spilling": "IO Error: Could not write file: No space left on device",
        "spilled": "Out of Memory Error: the limit was set by 'max_temp_directory_size'",
        "sorting": "Out of Memory Error: failed to pin block",
        "casting": "Conversion Error: Could not convert string 'x' to INT32",
    }
    results = [
        {"status": "error", "message": message, "node": {"name": name}}
        for name, message in messages.items()
    ]
    results.append({**results[0], "status": "skipped"})
    run = Warehouse(tmp_path).dbt(
        *("run-operation", "warn_of_limits", "--args", json.dumps({"results": results})),
        variables=MALL_ONLY,
        DUCKDB_MEMORY_LIMIT="1GiB",
    )
    said = [line.split("  ", 1)[1] for line in run.stdout.splitlines() if "docs/spark.md" in line]
    assert [line.split(":")[0].split(" (")[0] for line in said] == [
        "spilling met a full disk",
        "spilled met a full disk",
        "sorting needs more memory than the 1.0 GiB that DuckDB may take",
    ]
    assert "WAREHOUSE_DIR" in said[0]
    assert "DUCKDB_MEMORY_LIMIT" in said[2]


@pytest.mark.slow
def test_a_model_that_runs_out_of_memory_names_the_limit_and_the_way_out(tmp_path):
    run = Warehouse(tmp_path).dbt(
        *("build", "--select", "+checked_ecommerce__invoice_lines"),
        *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        variables={"sources_enabled": ["ecommerce"]},
        DUCKDB_MEMORY_LIMIT="8MB",
    )
    assert run.returncode == 1
    (line,) = (line for line in run.stdout.splitlines() if "DUCKDB_MEMORY_LIMIT" in line)
    assert "checked_ecommerce__invoice_lines needs more memory than the 7.6 MiB that" in line
    assert "docs/spark.md" in line


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["build", "--selector", "mall"], "this was a selection"),
        pytest.param(
            ["build", "--exclude", "data_quality"], "this was a selection", marks=pytest.mark.slow
        ),
        pytest.param(
            ["build", "--exclude-resource-type", "test"],
            "this was a selection",
            marks=pytest.mark.slow,
        ),
        pytest.param(["build", "--empty"], "nodes did not pass", marks=pytest.mark.slow),
        pytest.param(
            ["build", "--sample", "1 day"], "read no data or a part of it", marks=pytest.mark.slow
        ),
        pytest.param(["run"], "this was `dbt run`", marks=pytest.mark.slow),
        (["test"], "this was `dbt test`"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_only_a_whole_build_publishes_and_others_say_so(warehouse, command, said):
    before = warehouse.published.read_bytes()
    run = warehouse.dbt(*command, variables=MALL_ONLY)
    assert "Not published: " in run.stdout
    assert said in run.stdout
    assert warehouse.published.read_bytes() == before


@pytest.mark.slow
def test_retry_of_a_mended_build_does_not_publish(warehouse):
    before = warehouse.published.read_bytes()
    add_rejected_visitors(warehouse)
    assert warehouse.dbt(*NIGHTLY, variables=MALL_ONLY).returncode == 1
    run = warehouse.dbt(
        "retry",
        variables={**MALL_ONLY, "max_rejected_share": 1},
        DBT_TARGET_PATH=warehouse.call(variables=MALL_ONLY)["env"]["DBT_TARGET_PATH"],
    )
    assert run.returncode == 0, run.stdout
    assert "only a whole `dbt build` publishes, and this was `dbt retry`" in run.stdout
    assert warehouse.published.read_bytes() == before


def test_a_second_build_at_the_same_time_stops_at_once_with_one_line(warehouse):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, sys\n"
            f"f = open({str(warehouse.folder / 'build.lock')!r}, 'w')\n"
            "fcntl.flock(f, fcntl.LOCK_EX)\n"
            "print('held', flush=True)\n"
            "sys.stdin.readline()\n",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline().strip() == "held"
    try:
        run = warehouse.dbt(*NIGHTLY, variables=MALL_ONLY)
        assert run.returncode != 0
        assert run.stdout.count("Another build is running in") == 1
        assert "Traceback" not in run.stdout
    finally:
        holder.communicate("\n")


@pytest.mark.slow
def test_rollback_puts_back_what_a_generation_was_built_on(warehouse):
    def rollback():
        call = script("rollback", WAREHOUSE_DIR=str(warehouse.folder))
        return subprocess.run(**call, capture_output=True, text=True)

    first = generation(warehouse)
    assert "no generation before" in rollback().stderr
    for _ in range(2):
        assert warehouse.dbt(*NIGHTLY, variables=MALL_ONLY).returncode == 0
    assert rollback().returncode == 0
    assert rollback().returncode == 0
    assert generation(warehouse) == first

    assert warehouse.dbt(*NIGHTLY, variables=MALL_ONLY).returncode == 0
    assert warehouse.query("select previous_generation_id from monitoring.build_info") == [(first,)]
    kept = [path.stem for path in (warehouse.folder / "generations").iterdir()]
    assert kept == [first]

    # Not in place: that would break the kept generation that is the same file.
    warehouse.published.unlink()
    warehouse.published.write_bytes(b"no database")
    run = warehouse.dbt(*NIGHTLY, variables=MALL_ONLY)
    assert run.returncode != 0
    assert f"`make rollback` puts generation {first} back" in run.stdout
    assert rollback().returncode == 0
    assert generation(warehouse) == first


@pytest.mark.slow
def test_a_clock_that_runs_behind_stops_the_build_or_it_goes_on_after_what_is_published(warehouse):
    ahead = "20990101T020000.000000Z"
    warehouse.change(
        f"update monitoring.build_info set generation_id = '{ahead}'",
        "update segmentation.segment_history set valid_from = timestamp '2099-01-01 02:00'",
    )
    raw = warehouse.raw / "Mall_Customers.csv"
    raw.write_text("".join(raw.read_text().splitlines(keepends=True)[:-1]))
    run = warehouse.dbt(*NIGHTLY, variables=MALL_ONLY)
    assert run.returncode != 0
    (said,) = [line for line in run.stdout.splitlines() if "The clock says" in line]
    assert f"{time.strftime('%Y-%m-%d', time.gmtime())} " in said
    assert "2099-01-01 02:00:00 UTC" in said
    assert "clock_behind" in said
    assert generation(warehouse) == ahead

    run = warehouse.dbt(*NIGHTLY, variables={**MALL_ONLY, "clock_behind": "continue"})
    assert run.returncode == 0, run.stdout
    assert generation(warehouse) == "20990101T020000.000001Z"
    assert warehouse.query("select previous_generation_id from monitoring.build_info") == [(ahead,)]
    gaps = warehouse.query(
        "select distinct valid_to - valid_from from segmentation.segment_history"
        " where valid_to is not null"
    )
    assert [gap.microseconds for (gap,) in gaps] == [1]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", marks=pytest.mark.slow),
        b"no database",
        pytest.param(None, marks=pytest.mark.slow),
    ],
)
def test_the_working_file_is_disposable(warehouse, content):
    first = generation(warehouse)
    if content is None:
        warehouse.build.unlink()
    else:
        warehouse.build.write_bytes(content)
    run = warehouse.dbt(*NIGHTLY, variables=MALL_ONLY)
    assert run.returncode == 0, run.stdout
    assert warehouse.query("select previous_generation_id from monitoring.build_info") == [(first,)]


def test_one_source_alone_builds_and_publishes_without_the_files_of_the_others(warehouse):
    assert [path.name for path in warehouse.raw.iterdir()] == ["Mall_Customers.csv"]
    assert warehouse.query("select area from monitoring.build_info") == [("segmentation",)]
    assert warehouse.query("select source from monitoring.data_quality") == [("mall",)]
    schemas = {
        schema
        for (schema,) in warehouse.query("select table_schema from information_schema.tables")
    }
    assert schemas == {"segmentation", "models", "monitoring"}


def test_a_selection_works_without_the_files_of_the_others(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    shutil.copy(SAMPLE / "Mall_Customers.csv", raw)
    warehouse = Warehouse(tmp_path / "warehouse", raw)
    run = warehouse.dbt("build", "--selector", "mall")
    assert run.returncode == 0, run.stdout
    assert "this was a selection" in run.stdout
    assert not warehouse.published.exists()
    assert warehouse.query("select count(*) from datasets.mall_features", working=True) == [(200,)]


def test_the_published_file_holds_described_tables_and_nothing_else(sample_build):
    with duckdb.connect(sample_build.published, read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name, comment from duckdb_tables()"
        ).fetchall()
        views = connection.execute("select count(*) from duckdb_views() where not internal")
        assert views.fetchone() == (0,)
    assert {schema for schema, _, _ in tables} == {
        "segmentation",
        "propensity",
        "recommendations",
        "sales",
        "monitoring",
        "models",
    }
    assert [table for _, table, comment in tables if not comment] == []


def test_plain_dbt_build_works_from_the_root_as_cron_runs_it(tmp_path):
    dbt = Path(sys.executable).with_name("dbt")
    started = time.time()
    run = subprocess.run(
        ["/bin/sh", "-c", f"cd {ROOT} && {dbt} build --vars 'sources_enabled: [mall]'"],
        env={"WAREHOUSE_DIR": str(tmp_path), "DBT_TARGET_PATH": str(tmp_path / "target")},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout
    assert (tmp_path / "customer_analytics.duckdb").stat().st_mtime >= started - 1


@pytest.mark.slow
def test_parquet_files_are_published_as_a_set(warehouse):
    def parquet_set():
        current = warehouse.folder / "parquet" / "current"
        files = sorted(current.resolve().rglob("*.parquet"))
        rows = {
            f"{path.parent.name}.{path.stem}": duckdb.read_parquet(str(path)).shape[0]
            for path in files
        }
        return current.resolve().name, rows

    variables = {**MALL_ONLY, "publish_parquet": True, "generations_kept": 1}
    for _ in range(3):
        assert warehouse.dbt(*NIGHTLY, variables=variables).returncode == 0
        name, rows = parquet_set()
        assert name == generation(warehouse)
        assert rows == {
            table: warehouse.query(f"select count(*) from {table}")[0][0]
            for (table,) in warehouse.query(
                "select schema_name || '.' || table_name from duckdb_tables()"
            )
        }
    sets = {path.name for path in (warehouse.folder / "parquet").iterdir()}
    kept = {path.stem for path in (warehouse.folder / "generations").iterdir()}
    assert sets == {"current", name, *kept}
    assert len(kept) == 1

    shutil.rmtree(warehouse.folder / "parquet" / kept.pop())
    publishing.rollback(warehouse.folder)
    assert parquet_set()[0] == generation(warehouse) < name

    assert warehouse.dbt(*NIGHTLY, variables=MALL_ONLY).returncode == 0
    assert not (warehouse.folder / "parquet").exists()


def tables_of_state() -> list[str]:
    """Return what models read of the previous generation, as the YAML declares it."""
    files = (ROOT / "dbt_project" / "models").rglob("*__sources.yml")
    return [
        f"{source['schema']}.{table['name']}"
        for path in files
        for source in yaml.safe_load(path.read_text())["sources"]
        if "'previous'" in (source.get("database") or "")
        for table in source["tables"]
    ]


def keys_of_history(warehouse) -> dict[str, set]:
    """Return the rows that no generation may lose, in the columns that every version has."""
    keys = {
        "segmentation.segment_history": "dataset, customer_id, valid_from",
        "monitoring.model_runs": "model_run_id",
        "monitoring.training_decisions": "dataset, generation_id",
    }
    return {
        table: set(warehouse.query(f"select {key} from {table}")) for table, key in keys.items()
    }


def published_columns(warehouse) -> list[tuple]:
    return warehouse.query(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where not internal order by all"
    )


def test_a_generation_without_newer_columns_is_upgraded(warehouse):
    nullable = warehouse.query(
        "select schema_name || '.' || table_name, column_name from duckdb_columns()"
        " where not internal and is_nullable",
        working=True,
    )
    published = {table for (table, _) in nullable} & set(tables_of_state())
    assert {"monitoring.build_info", "segmentation.segment_history"} <= published
    before, columns = keys_of_history(warehouse), published_columns(warehouse)
    warehouse.change(
        *(
            f"alter table {table} drop column {column}"
            for table, column in nullable
            # A stored fit has no contract: every column of it may be null.
            if table in published - {"segmentation.segments", "models.segmentation_fits"}
        )
    )
    run = warehouse.dbt(*NIGHTLY, variables=MALL_ONLY)
    assert run.returncode == 0, run.stdout[-4000:]
    after = keys_of_history(warehouse)
    assert all(before[table] <= after[table] and before[table] for table in before)
    assert published_columns(warehouse) == columns


@pytest.mark.parametrize(
    "table", [pytest.param("monitoring.training_decisions", marks=pytest.mark.slow), None]
)
def test_a_generation_without_newer_tables_is_upgraded(warehouse, table):
    state = [table] if table else tables_of_state()
    before = keys_of_history(warehouse)
    warehouse.change(
        *(f"drop table if exists {each}" for each in state if each != "monitoring.build_info")
    )
    run = warehouse.dbt(*NIGHTLY, variables=MALL_ONLY)
    assert run.returncode == 0, run.stdout[-4000:]
    after = keys_of_history(warehouse)
    assert all(before[each] <= after[each] for each in before if each not in state)
    assert all(after.values())
