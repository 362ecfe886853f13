"""Equal input gives equal published tables, whatever the order of rows, threads and batches."""

import random

import duckdb
import pytest
from conftest import NIGHTLY, QUICK_MALL, SAMPLE, Warehouse, built

from models_py.refresh import OUTCOME

# Outside the promise: when a build ran, and where in a file a row stood.
UNPROMISED = ("generation_id", "previous_generation_id", "valid_from", "valid_to", "row_number")
# What a build tells of itself and of the one before it is not the same in the second one.
NEWS = {
    "monitoring.changes",
    "monitoring.feature_drift",
    "monitoring.source_health",
    "monitoring.training_decisions",
    "segmentation.segment_changes",
}


def published_tables(warehouse: Warehouse, *unpromised: str) -> dict[str, str]:
    """Return the fingerprint of every published table's promised content."""
    with duckdb.connect(warehouse.published, read_only=True) as connection:
        tables = connection.execute(
            """
            select schema_name || '.' || table_name,
                list('"' || column_name || '"' order by column_name)
            from duckdb_columns()
            where database_name = current_database() and not internal
                and not ends_with(column_name, '_at') and column_name not in ?
            group by all
            """,
            [[*UNPROMISED, *unpromised]],
        ).fetchall()
        return {
            table: connection.execute(
                "select md5(string_agg(line, chr(10) order by line)) from"
                f" (select struct_pack({', '.join(columns)})::varchar as line from {table})"
            ).fetchone()[0]
            for table, columns in tables
        }


@pytest.fixture(scope="module")
def shuffled(tmp_path_factory) -> Warehouse:
    """Return a build on one thread, in small batches, from the sample files in another order."""
    folder = tmp_path_factory.mktemp("shuffled")
    raw = folder / "raw"
    raw.mkdir()
    for path in sorted(SAMPLE.glob("*.csv*")):
        with duckdb.connect() as connection:  # reads gzip and plain text alike
            lines = [
                line
                for (line,) in connection.execute(
                    "select line from read_csv(?, columns = {'line': 'varchar'}, delim = e'\\x1f',"
                    " quote = '', escape = '', header = false, auto_detect = false)",
                    [str(path)],
                ).fetchall()
            ]
        has_header = not path.name.startswith("ratings")
        head, rows = lines[:has_header], lines[has_header:]
        random.Random(7).shuffle(rows)  # noqa: S311
        name = path.name.removesuffix(".gz")
        (raw / name).write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
    return built(
        folder / "warehouse",
        raw,
        {"recommender_lists_per_batch": 300},
        DBT_THREADS="1",
        OMP_NUM_THREADS="1",
        DUCKDB_THREADS="1",
    )


@pytest.mark.slow
def test_shuffled_rows_on_one_thread_give_equal_tables(sample_build, shuffled):
    expected, found = published_tables(sample_build), published_tables(shuffled)
    different_file_names = {"monitoring.data_quality", "monitoring.rejected_rows"}
    differing = {table for table in expected if expected[table] != found.get(table)}
    assert differing - different_file_names == set()
    assert expected.keys() == found.keys()
    counts = "select source, rows_read, rows_kept, rows_rejected from monitoring.data_quality"
    assert sorted(sample_build.query(counts)) == sorted(shuffled.query(counts))


@pytest.mark.parametrize(
    "training",
    [
        "auto",
        pytest.param("refit", marks=pytest.mark.slow),
        pytest.param("search", marks=pytest.mark.slow),
    ],
)
def test_unchanged_input_gives_equal_tables(mall, training):
    before = published_tables(mall, *OUTCOME.names)
    run = mall.dbt(*NIGHTLY, variables={**QUICK_MALL, "training": training})
    assert run.returncode == 0, run.stdout[-3000:]
    after = published_tables(mall, *OUTCOME.names)
    changed = {name for name in before.keys() | after if before.get(name) != after.get(name)}
    assert changed <= NEWS
    # An empty table and one that is not there have no fingerprint alike.
    assert before.keys() == after.keys()
    assert after["segmentation.customer_segments"]
