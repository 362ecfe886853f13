"""Sources that are switched off keep their last tables and rows, marked, until they are back."""

import shutil

import duckdb
import pytest
from conftest import NIGHTLY, QUICK_MALL, SAMPLE, Warehouse

# Columns that say which source a row is of; elsewhere `source` means something else.
SHARED = """
    select
        schema_name || '.' || table_name as name,
        coalesce(
            max(column_name) filter (where column_name = 'dataset'),
            max(column_name) filter (where column_name = 'source' and schema_name = 'monitoring')
        ) as key
    from duckdb_columns()
    where not internal
    group by all
    order by all
"""


def contents(published, source: str) -> dict[str, list]:
    """Return the rows of a source in every table that several share."""
    with duckdb.connect(published, read_only=True) as connection:
        return {
            name: connection.execute(
                f"select * from {name} where {key} = ? order by all", [source]
            ).fetchall()
            for name, key in connection.execute(SHARED).fetchall()
            if key
        }


def tables(warehouse: Warehouse) -> dict[str, tuple]:
    return {
        name: row
        for name, *row in warehouse.query(
            "select schema_name || '.' || table_name, comment, estimated_size, column_count"
            " from duckdb_tables()"
        )
    }


@pytest.fixture(scope="module")
def nights(sample_build, tmp_path_factory) -> list[Warehouse]:
    """Return three nights: every source, then mall alone, then retail alone."""
    folder = tmp_path_factory.mktemp("nights")
    first = Warehouse(folder / "0")
    first.folder.mkdir()
    shutil.copy(sample_build.published, first.published)
    # A table of a model that has left the project, in the first generation only.
    first.change("create table propensity.model_that_left as select 1 as a")
    found = [first]
    for night, source in enumerate(["mall", "retail"], start=1):
        warehouse = Warehouse(folder / str(night), SAMPLE)
        shutil.copytree(found[-1].folder, warehouse.folder)
        run = warehouse.dbt(*NIGHTLY, variables={**QUICK_MALL, "sources_enabled": [source]})
        assert run.returncode == 0, run.stdout[-6000:]
        assert "Switched off, and as they were: " in run.stdout
        found.append(warehouse)
    return found


def test_tables_of_sources_switched_off_stay_with_their_comments(nights):
    first, mall, retail = map(tables, nights)
    assert first.keys() - mall.keys() == {"propensity.model_that_left"}
    assert retail.keys() == mall.keys()
    for name in first:
        # In the last night retail is scored again, and leads are not.
        last = 1 if name.startswith("propensity.propensity_") else 2
        if name.split(".")[0] in ("propensity", "recommendations", "sales") and name in mall:
            assert first[name] == (mall, retail)[last - 1][name], name
            assert nights[0].query(f"from {name} order by all limit 5000") == nights[last].query(
                f"from {name} order by all limit 5000"
            )


@pytest.mark.parametrize("source", ["ecommerce", "leads", "ratings"])
def test_rows_in_shared_tables_stay_while_their_source_is_off(nights, source):
    first, mall, retail = (contents(night.published, source) for night in nights)
    for name in first:
        assert first[name] == mall[name] == retail[name], name
    assert first["monitoring.data_quality"]


def test_a_source_that_is_on_again_has_its_rows_once(nights):
    retail = nights[2]
    query = (
        "select count(*), count(distinct customer_id) from segmentation.customer_segments"
        " where dataset = 'retail'"
    )
    ((rows, customers),) = retail.query(query)
    assert rows == customers > 0
    files = retail.query("select file from monitoring.data_quality where source = 'retail'")
    assert files == [("marketing_campaign.csv",)]
    before, after = (contents(night.published, "mall") for night in nights[1:])
    assert before["segmentation.segments"] == after["segmentation.segments"] != []


def test_build_info_marks_what_is_carried_over(nights):
    query = (
        "select generation_id, built_at, code_version, raw_data_fingerprint"
        " from monitoring.build_info where area in ('propensity', 'recommendations') order by area"
    )
    assert nights[0].query(query) == nights[1].query(query)
    assert nights[0].query(query)[1:] == nights[2].query(query)[1:]
    marks = (
        "select area, is_carried_over, carried_over_sources"
        " from monitoring.build_info order by area"
    )
    assert nights[0].query(marks) == [
        ("propensity", False, None),
        ("recommendations", False, None),
        ("sales", False, None),
        ("segmentation", False, None),
    ]
    assert nights[1].query(marks) == [
        ("propensity", True, "retail, ecommerce, leads"),
        ("recommendations", True, "ecommerce, ratings"),
        ("sales", True, "ecommerce"),
        ("segmentation", False, "retail, ecommerce"),
    ]
    assert nights[2].query(marks) == [
        ("propensity", False, "ecommerce, leads"),
        ("recommendations", True, "ecommerce, ratings"),
        ("sales", True, "ecommerce"),
        ("segmentation", False, "mall, ecommerce"),
    ]


def test_the_lineage_of_generations_is_that_of_the_files(nights):
    lineage = "select max(generation_id), max(previous_generation_id) from monitoring.build_info"
    (first,), (mall,), (retail,) = (night.query(lineage) for night in nights)
    assert first[0] < mall[0] < retail[0]
    assert (mall[1], retail[1]) == (first[0], mall[0])
    kept = sorted(path.stem for path in (nights[2].folder / "generations").iterdir())
    assert kept == [first[0], mall[0]]
