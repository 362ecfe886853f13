"""A generation of every version that was released is one that today's code goes on from."""

import gzip
import sys

import pytest
from conftest import NIGHTLY, ROOT, Warehouse

FIXTURES = ROOT / "tests" / "fixtures"
GENERATIONS = sorted(FIXTURES.glob("generation_of_*.duckdb.gz"))
sys.path.insert(0, str(FIXTURES))

from small_sample import QUICK, write_small_sample  # noqa: E402

HISTORY = {
    "segmentation.segment_history": "dataset, customer_id, valid_from, segment_id, segment_name",
    "segmentation.segment_migrations": "dataset, generation_id, from_segment, to_segment",
    "monitoring.model_runs": "model_run_id, dataset, trained_at",
    "monitoring.training_decisions": "dataset, generation_id, decision, outcome",
    "monitoring.feature_drift": "dataset, feature, generation_id, psi",
}
FITS = """
    select dataset, model_run_id, customer_ids from models.fit_retail_segments
    union all select dataset, model_run_id, customer_ids from models.fit_mall_segments
    union all select dataset, model_run_id, customer_ids from models.fit_ecommerce_segments
    order by dataset
"""
STORED = "select dataset, model_run_id, customer_ids from models.segmentation_fits order by 1"
LEADS = "propensity.propensity_scores"
SERVED = {
    # Names may change with the rules that give them; numbers stay.
    "segmentation.customer_segments": "dataset, customer_id, segment_id",
    "propensity.propensity_scores": "entity_id, raw_score, threshold, model_run_id",
    "recommendations.product_recommendations": "user_id, rank, product_id, model_run_id",
}


# Retail was not asked anything in version 1, and nothing was recommended to customers by a model.
OF_VERSION_1 = {"propensity": "leads", "recommendations": "ratings"}
# What the mechanism of recommendations serves since.
GONE = {"segmentation.customer_product_recommendations"}


FORMER_FITS = {
    "fit_retail_segments": "segmentation_fits",
    "fit_mall_segments": "segmentation_fits",
    "fit_ecommerce_segments": "segmentation_fits",
    "fit_lead_families": "fit_propensity_families",
}
# Of version 1, whose propensity was that of leads: tables by the names that they have today.
FORMER = {
    "propensity.propensity_scores": (
        "leads.lead_scores",
        "lead_id, raw_score, threshold, model_run_id",
    ),
    "propensity.propensity_evaluation_scores": (
        "leads.lead_evaluation_scores",
        "model_family, lead_id, is_converted, raw_score",
    ),
}


def rows(warehouse: Warehouse, tables: dict[str, str]) -> dict[str, set]:
    there = names(warehouse)
    found = {}
    for table, columns in tables.items():
        name, named = (table, columns) if table in there else FORMER[table]
        area = name.split(".")[0]
        if area in OF_VERSION_1 and has_dataset(warehouse, name):
            name += f" where dataset = '{OF_VERSION_1[area]}'"
        found[table] = set(warehouse.query(f"select {named} from {name}"))
    return found


def has_dataset(warehouse: Warehouse, table: str) -> bool:
    schema, name = table.split(".")
    return bool(
        warehouse.query(
            "select * from duckdb_columns() where column_name = 'dataset'"
            f" and schema_name = '{schema}' and table_name = '{name}'"
        )
    )


def names(warehouse: Warehouse) -> set[str]:
    return {
        f"{schema}.{table}"
        for schema, table in warehouse.query("select schema_name, table_name from duckdb_tables()")
    }


def present(table: str) -> str:
    """Return the name that a table of version 1 has today."""
    schema, name = table.split(".")
    if name in FORMER_FITS:
        return f"models.{FORMER_FITS[name]}"
    schema = "propensity" if schema == "leads" else schema
    return f"{schema}.{name.replace('lead_', 'propensity_', 1)}"


# The newest is tested every time, the older ones by `make drills`.
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=pytest.mark.slow) for path in GENERATIONS[:-1]] + GENERATIONS[-1:],
    ids=lambda path: path.name,
)
def test_a_released_generation_is_upgraded(tmp_path, path):
    warehouse = Warehouse(tmp_path / "warehouse", tmp_path / "raw")
    write_small_sample(warehouse.raw)
    warehouse.folder.mkdir()
    warehouse.published.write_bytes(gzip.decompress(path.read_bytes()))
    history, served = rows(warehouse, HISTORY), rows(warehouse, SERVED)
    assert all(history.values())
    before = {present(table) for table in names(warehouse)} - GONE
    fits = warehouse.query(FITS)

    run = warehouse.dbt(*NIGHTLY, variables={**QUICK, "training": "score"})
    assert run.returncode == 0, run.stdout[-4000:]
    after = rows(warehouse, HISTORY)
    assert all(history[table] <= after[table] for table in history)
    # The visitor who was not there in the last night is back; nobody else is scored differently.
    again = rows(warehouse, SERVED)
    assert {table: len(again[table] - served[table]) for table in served} == {
        "segmentation.customer_segments": 1,
        "propensity.propensity_scores": 0,
        "recommendations.product_recommendations": 0,
    }
    assert before <= names(warehouse)
    areas = warehouse.query("select distinct area from monitoring.model_runs order by all")
    assert areas == [("propensity",), ("recommendations",), ("sales",), ("segmentation",)]
    assert warehouse.query(STORED) == fits


@pytest.mark.slow
def test_segments_of_a_data_set_that_is_off_during_the_upgrade_are_there_when_it_is_back(tmp_path):
    """Version 1 kept the segments of each data set in a table of its own."""
    warehouse = Warehouse(tmp_path / "warehouse", tmp_path / "raw")
    write_small_sample(warehouse.raw)
    warehouse.folder.mkdir()
    path = FIXTURES / "generation_of_1.0.0.duckdb.gz"
    warehouse.published.write_bytes(gzip.decompress(path.read_bytes()))
    fits, retail = warehouse.query(FITS), "where dataset = 'retail' order by 1"
    served = f"select customer_id, segment_id from segmentation.customer_segments {retail}"
    before = warehouse.query(served)
    leads = rows(warehouse, {LEADS: SERVED[LEADS]})
    for sources in (["mall"], ["mall", "retail", "leads"]):
        variables = {**QUICK, "training": "score", "sources_enabled": sources}
        run = warehouse.dbt(*NIGHTLY, variables=variables)
        assert run.returncode == 0, run.stdout[-4000:]
        stored = (
            "select dataset, model_run_id, customer_ids from models.segmentation_fits order by 1"
        )
        assert warehouse.query(stored) == fits
    assert warehouse.query(served) == before
    assert rows(warehouse, {LEADS: SERVED[LEADS]}) == leads
    assert not [table for table in names(warehouse) if "lead_" in table]
