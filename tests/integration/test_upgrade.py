"""A generation of every version that was released is one that today's code goes on from."""

import gzip
import sys

import pytest
from conftest import NIGHTLY, ROOT, Warehouse

FIXTURES = ROOT / "tests" / "fixtures"
sys.path.insert(0, str(FIXTURES))

from small_sample import QUICK, write_small_sample  # noqa: E402

HISTORY = {
    "segmentation.segment_history": "dataset, customer_id, valid_from, segment_id, segment_name",
    "segmentation.segment_migrations": "dataset, generation_id, from_segment, to_segment",
    "monitoring.model_runs": "model_run_id, dataset, trained_at",
    "monitoring.training_decisions": "dataset, generation_id, decision, outcome",
    "monitoring.feature_drift": "dataset, feature, generation_id, psi",
}
# Tables of version 1 that another holds the rows of.
REPLACED = {
    ("models", f"fit_{dataset}_segments"): ("models", "segmentation_fits")
    for dataset in ("retail", "mall", "ecommerce")
}
FITS = """
    select dataset, model_run_id, customer_ids from models.fit_retail_segments
    union all select dataset, model_run_id, customer_ids from models.fit_mall_segments
    union all select dataset, model_run_id, customer_ids from models.fit_ecommerce_segments
    order by dataset
"""
STORED = "select dataset, model_run_id, customer_ids from models.segmentation_fits order by 1"
SERVED = {
    "segmentation.customer_segments": "dataset, customer_id, segment_id, segment_name",
    "leads.lead_scores": "lead_id, raw_score, threshold, model_run_id",
    "recommendations.product_recommendations": "user_id, rank, product_id, model_run_id",
}


def rows(warehouse: Warehouse, tables: dict[str, str]) -> dict[str, set]:
    return {
        table: set(warehouse.query(f"select {columns} from {table}"))
        for table, columns in tables.items()
    }


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("generation_of_*.duckdb.gz")))
def test_a_released_generation_is_upgraded(tmp_path, path):
    warehouse = Warehouse(tmp_path / "warehouse", tmp_path / "raw")
    write_small_sample(warehouse.raw)
    warehouse.folder.mkdir()
    warehouse.published.write_bytes(gzip.decompress(path.read_bytes()))
    history, served = rows(warehouse, HISTORY), rows(warehouse, SERVED)
    assert all(history.values())
    tables = "select schema_name, table_name from duckdb_tables()"
    before = set(warehouse.query(tables))
    fits = warehouse.query(FITS)

    run = warehouse.dbt(*NIGHTLY, variables={**QUICK, "training": "score"})
    assert run.returncode == 0, run.stdout[-4000:]
    after = rows(warehouse, HISTORY)
    assert all(history[table] <= after[table] for table in history)
    # The visitor who was not there in the last night is back; nobody else is scored differently.
    again = rows(warehouse, SERVED)
    assert {table: len(again[table] - served[table]) for table in served} == {
        "segmentation.customer_segments": 1,
        "leads.lead_scores": 0,
        "recommendations.product_recommendations": 0,
    }
    assert {REPLACED.get(table, table) for table in before} <= set(warehouse.query(tables))
    assert warehouse.query(STORED) == fits


def test_segments_of_a_data_set_that_is_off_during_the_upgrade_are_there_when_it_is_back(tmp_path):
    """Version 1 kept the segments of each data set in a table of its own."""
    warehouse = Warehouse(tmp_path / "warehouse", tmp_path / "raw")
    write_small_sample(warehouse.raw)
    warehouse.folder.mkdir()
    path = FIXTURES / "generation_of_1.0.0.duckdb.gz"
    warehouse.published.write_bytes(gzip.decompress(path.read_bytes()))
    fits, retail = warehouse.query(FITS), "where dataset = 'retail' order by 1"
    served = (
        f"select customer_id, segment_id, segment_name from segmentation.customer_segments {retail}"
    )
    before = warehouse.query(served)
    for sources in (["mall"], ["mall", "retail"]):
        variables = {**QUICK, "training": "score", "sources_enabled": sources}
        run = warehouse.dbt(*NIGHTLY, variables=variables)
        assert run.returncode == 0, run.stdout[-4000:]
        stored = (
            "select dataset, model_run_id, customer_ids from models.segmentation_fits order by 1"
        )
        assert warehouse.query(stored) == fits
    assert warehouse.query(served) == before
