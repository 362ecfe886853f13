"""The house: folders are layers and schemas, and arrows between models only go down."""

import json
from pathlib import PurePath

import pytest
import yaml
from conftest import ROOT, Warehouse

AREAS = ("segmentation", "propensity", "recommendations", "sales")
# From the top down. A model refers to its own layer and to those above it.
LAYERS = (
    {"datasets"},
    {"intake", "features"},
    {"state"},
    {f"{area}/training" for area in AREAS},
    {f"{area}/scoring" for area in AREAS},
    {f"{area}/evaluation" for area in AREAS},
    {f"{area}/marts" for area in AREAS},
    {"monitoring"},
)
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
# Monitoring publishes baselines with the parameters of fits, and keeps some tables to itself.
OTHER_SCHEMAS = {"monitoring": {"models", "state"}}


def room(node: dict) -> str:
    parts = PurePath(node["original_file_path"]).parts[2:-1]
    return "/".join(parts[:2]) if parts[0] in AREAS else parts[0]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory) -> dict:
    warehouse = Warehouse(tmp_path_factory.mktemp("house"))
    run = warehouse.dbt("parse", DBT_WRITE_JSON="true")
    assert run.returncode == 0, run.stdout
    return json.loads((warehouse.target() / "manifest.json").read_text())


@pytest.fixture(scope="module")
def models(manifest) -> dict[str, dict]:
    nodes = manifest["nodes"]
    return {key: node for key, node in nodes.items() if node["resource_type"] == "model"}


def test_nothing_is_off_when_every_source_is_on(manifest):
    """dbt takes a misspelt macro in `enabled` for false and leaves the file out without a word."""
    off = [node["original_file_path"] for nodes in manifest["disabled"].values() for node in nodes]
    assert off == []


def test_every_model_stands_in_a_room_of_the_house(models):
    assert {room(node) for node in models.values()} <= LEVEL.keys()
    assert len({room(node) for node in models.values()}) >= 10


def test_arrows_only_go_down(models):
    upward = [
        f"{node['name']} ({room(node)}) reads {models[parent]['name']} ({room(models[parent])})"
        for node in models.values()
        for parent in node["depends_on"]["nodes"]
        if parent in models and LEVEL[room(models[parent])] > LEVEL[room(node)]
    ]
    assert upward == []


def test_no_area_is_trained_or_scored_on_what_another_learned(models):
    crossing = [
        f"{node['name']} ({room(node)}) reads {models[parent]['name']} ({room(models[parent])})"
        for node in models.values()
        for parent in node["depends_on"]["nodes"]
        if parent in models
        and "/" in room(node)
        and not room(node).endswith("/marts")
        and room(models[parent]).split("/")[0] in set(AREAS) - {room(node).split("/")[0]}
    ]
    assert crossing == []


def test_every_published_table_declares_its_key(models):
    published = {*AREAS, "monitoring", "models"}
    declared = {
        node["name"]: [constraint["type"] for constraint in node["constraints"]]
        + [each["type"] for column in node["columns"].values() for each in column["constraints"]]
        for node in models.values()
        if node["schema"] in published
    }
    assert [
        name for name, types in declared.items() if not {"primary_key", "unique"} & {*types}
    ] == []
    assert len(declared) >= 50


def test_what_a_constraint_can_hold_is_no_data_test(manifest):
    """Each data test is a node of every night, and a constraint is not."""
    names = {"unique", "not_null", "accepted_values"}
    assert [
        node["name"]
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") in names
    ] == []


def test_every_source_that_an_area_works_on_stops_where_no_row_is_left(manifest):
    settings = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    tests = [node.get("test_metadata") or {} for node in manifest["nodes"].values()]
    assert {
        test["kwargs"]["source_name"] for test in tests if test.get("name") == "a_row_is_left"
    } == {name for name, dataset in settings["vars"]["datasets"].items() if dataset["areas"]}


def test_the_schema_of_a_model_is_its_room_or_that_of_what_its_area_publishes(models):
    strangers = []
    for node in models.values():
        *area, layer = room(node).split("/")
        own = {*area} if layer == "marts" else {layer, *area, "models"} if area else {layer}
        if node["schema"] not in own | OTHER_SCHEMAS.get(layer, set()):
            strangers.append(f"{node['name']} ({room(node)}) is in schema {node['schema']}")
    assert strangers == []
