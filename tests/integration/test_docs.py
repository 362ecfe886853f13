"""The documentation of the data: every column described, marts alone open to other projects."""

import json
from pathlib import Path

import pytest
from conftest import Warehouse


@pytest.fixture(scope="module")
def docs(sample_build) -> tuple[dict, dict]:
    """Return dbt's manifest and catalog of the whole project."""
    run = sample_build.dbt("docs", "generate", "--static", DBT_WRITE_JSON="true")
    target = sample_build.target()
    assert run.returncode == 0, run.stdout
    assert "WARN" not in run.stdout.upper().replace("WARNINGS=0", "").replace("WARN=0", "")
    assert (target / "static_index.html").stat().st_size > 0
    manifest, catalog = (
        json.loads((target / name).read_text()) for name in ("manifest.json", "catalog.json")
    )
    return manifest, catalog


def test_every_column_of_every_model_and_seed_is_described(docs):
    manifest, catalog = docs
    nodes = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }
    assert nodes.keys() == catalog["nodes"].keys()
    undescribed = [
        f"{nodes[key]['name']}.{column}"
        for key, found in catalog["nodes"].items()
        for column in found["columns"]
        if not nodes[key]["columns"].get(column, {}).get("description")
    ]
    assert undescribed == []
    assert [node["name"] for node in nodes.values() if not node["description"]] == []


def test_what_the_yaml_describes_is_there(docs):
    manifest, catalog = docs
    assert catalog["nodes"]
    for key, found in catalog["nodes"].items():
        assert set(manifest["nodes"][key]["columns"]) <= set(found["columns"]), key


def test_every_declared_column_of_a_source_is_described(docs):
    assert docs[0]["sources"]
    for source in docs[0]["sources"].values():
        assert source["description"]
        assert all(column["description"] for column in source["columns"].values())


def test_other_projects_refer_to_marts_only(docs):
    models = [n for n in docs[0]["nodes"].values() if n["resource_type"] == "model"]
    assert models
    for model in models:
        rooms = {"marts", "monitoring"} & set(Path(model["original_file_path"]).parts)
        is_mart = bool(rooms) and model["schema"] != "state"
        assert model["access"] == ("public" if is_mart else "protected"), model["name"]
        assert model["group"] or not is_mart
        assert model["config"]["contract"]["enforced"] or not is_mart


def test_exposures_follow_the_enabled_sources(docs, tmp_path):
    """A page that a mart is read by is among them: tests/dashboard holds them to its queries."""
    assert {e["name"] for e in docs[0]["exposures"].values()} >= {
        "customers_page",
        "lead_call_list",
        "products_page",
        "value_page",
        "data_page",
    }
    variables = {"sources_enabled": ["mall"]}
    warehouse = Warehouse(tmp_path)
    run = warehouse.dbt("ls", "--resource-type", "exposure", "--quiet", variables=variables)
    assert sorted(run.stdout.split()) == [
        "exposure:customer_analytics.customers_page",
        "exposure:customer_analytics.data_page",
        "exposure:customer_analytics.models_page_segments",
        "exposure:customer_analytics.nightly_report",
    ]
