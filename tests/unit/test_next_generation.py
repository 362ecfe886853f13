"""What a build reads of the previous generation, and what it writes to the next one."""

import json
from pathlib import Path

import duckdb
import pytest

from warehouse import next_generation, previous
from warehouse.generation_file import GenerationFileError
from warehouse.next_generation import Masks

NOTHING = Masks({}, {})
TABLES = "select table_name, comment from duckdb_tables()"
DECLARED = (
    "monitoring.published_columns (schema_name text, table_name text, column_name text,"
    " description text, table_description text, sources text[], declared json)"
)


@pytest.fixture
def build(tmp_path):
    """Return a working file with an empty previous generation attached."""
    with duckdb.connect(tmp_path / "build.duckdb") as connection:
        connection.execute(f"attach ':memory:' as {previous.DATABASE}")
        connection.execute(f"attach ':memory:' as {previous.FILE}")
        for database in ("build", previous.FILE):
            connection.execute(f"create schema {database}.monitoring")
            connection.execute(f"create table {database}.{DECLARED}")
        yield connection


def write(connection, name: str, rows: str, columns: dict[str, dict], sources=(), database="build"):
    """Write a table, and declare its columns as the model published_columns does."""
    schema, table = name.split(".")
    connection.execute(f"create schema if not exists {database}.{schema}")
    connection.execute(f'create table {database}.{schema}."{table}" as {rows}')
    for column, declared in columns.items():
        connection.execute(
            f"insert into {database}.monitoring.published_columns values (?, ?, ?, ?, ?, ?, ?)",
            [schema, table, column, f"{column}'s", "it's", list(sources), json.dumps(declared)],
        )


def filled(connection, tmp_path: Path, masks=NOTHING, switched_off=(), models=()):
    path = tmp_path / "next.duckdb"
    next_generation.fill(connection, path, masks, switched_off, models)
    return duckdb.connect(path, read_only=True)


def test_tables_are_copied_with_what_yaml_says_of_them(build, tmp_path):
    write(build, "sales.odd", "select 1 as a", {"a": {}})
    build.execute("create table sales.not_declared as select 1 as a")
    with filled(build, tmp_path) as new:
        tables = new.execute(TABLES).fetchall()
        columns = new.execute(
            "select column_name, comment from duckdb_columns() where not internal"
        ).fetchall()
    assert tables == [("odd", "it's")]
    assert columns == [("a", "a's")]


def test_masked_columns_are_null_by_every_way_in_which_they_are_shown(build, tmp_path):
    people = "from (values (1, 20, 'a')) as t (age, born, name)"
    columns = {"age": {}, "born": {"raw_column": "year_birth"}, "name": {}}
    write(build, "segmentation.mall_customers", people, columns, ["mall"])
    write(build, "segmentation.retail_customers", people, columns, ["retail"])
    values = (
        "from (values ('mall', 'age', '1', 1), ('mall', 'name', 'a', 1), ('mall', 'born', '20', 1),"
        " ('retail', 'age', '1', 1)) as t (dataset, feature, value, age)"
    )
    shared = {
        "dataset": {"source": True},
        "feature": {},
        "value": {"value_of": "feature"},
        # Of many data sets, so that its name says nothing of a raw column.
        "age": {},
    }
    write(build, "propensity.values_of_all", values, shared)
    masks = Masks({"mall": ["age", "year_birth"]}, {"mall": {"born": "year_birth"}})
    with filled(build, tmp_path, masks) as new:
        found = {
            table: new.execute(f"from {table}").fetchall()
            for table in (
                "segmentation.mall_customers",
                "segmentation.retail_customers",
                "propensity.values_of_all",
            )
        }
        types = new.execute(
            "select distinct data_type from duckdb_columns() where column_name = 'born'"
        ).fetchall()
    assert found == {
        "segmentation.mall_customers": [(None, None, "a")],
        "segmentation.retail_customers": [(1, 20, "a")],
        "propensity.values_of_all": [
            ("mall", "age", None, 1),
            ("mall", "name", "a", 1),
            ("mall", "born", None, 1),
            ("retail", "age", "1", 1),
        ],
    }
    assert types == [("INTEGER",)]


def test_what_a_source_that_is_off_left_goes_on(build, tmp_path):
    rows = "from (values ('{}', 1), ('{}', 2)) as t (dataset, n)"
    declared = {"dataset": {"source": True}, "n": {}}
    write(build, "segmentation.segments", rows.format("mall", "mall"), declared)
    old = rows.format("mall", "retail")
    write(build, "segmentation.segments", old, declared, database=previous.FILE)
    # History of this build has the rows of both, and gets no other.
    for database in ("build", previous.FILE):
        history = rows.format("mall", "retail")
        write(build, "segmentation.segment_history", history, declared, database=database)
    # Here `source` is another word, and nothing says that it is a data set.
    other = "from (values ('{}', 1)) as t (source, n)"
    write(build, "recommendations.shelves", other.format("personal"), {"source": {}, "n": {}})
    write(
        build,
        "recommendations.shelves",
        other.format("retail"),
        {"source": {}, "n": {}},
        database=previous.FILE,
    )
    # Of models that are off, that are on without a table, and that left the project.
    for name in ("retail_customers", "mall_customers", "model_that_left"):
        write(
            build,
            f"segmentation.{name}",
            "select 1 as customer_id",
            {"customer_id": {"person": True}},
            ["retail"],
            database=previous.FILE,
        )
    build.execute("comment on table published.segmentation.retail_customers is 'of retail'")
    build.execute("comment on column published.segmentation.retail_customers.customer_id is 'who'")
    write(build, "monitoring.x", "select 1 as n", {"n": {}})
    build.execute(
        "insert into monitoring.published_columns"
        " values ('monitoring', 'published_columns', 'declared', '', '', [], '{}')"
    )
    models = ["mall_customers", "segments", "segment_history", "published_columns"]
    with filled(build, tmp_path, NOTHING, ["retail"], models) as new:
        found = {
            name: new.execute(f"from {name} order by all").fetchall()
            for name in (
                "segmentation.segments",
                "segmentation.segment_history",
                "recommendations.shelves",
                "segmentation.retail_customers",
            )
        }
        comments = new.execute(
            "select comment from duckdb_tables() where table_name = 'retail_customers'"
            " union all"
            " select comment from duckdb_columns() where table_name = 'retail_customers'"
        ).fetchall()
        tables = {
            name for (name,) in new.execute("select table_name from duckdb_tables()").fetchall()
        }
        declarations = new.execute(
            "select table_name, column_name, declared from monitoring.published_columns"
            " where table_name like '%customers'"
        ).fetchall()
    assert found == {
        "segmentation.segments": [("mall", 1), ("mall", 2), ("retail", 2)],
        "segmentation.segment_history": [("mall", 1), ("retail", 2)],
        "recommendations.shelves": [("personal", 1)],
        "segmentation.retail_customers": [(1,)],
    }
    assert comments == [("of retail",), ("who",)]
    assert not tables & {"mall_customers", "model_that_left"}
    assert declarations == [("retail_customers", "customer_id", '{"person": true}')]


@pytest.mark.parametrize("switched_off", [["leads"], ["retail"]])
def test_tables_of_version_1_stay_while_leads_are_off(build, tmp_path, switched_off):
    former = {"leads.lead_scores", "models.lead_trees", "models.fit_lead_families"}
    for name in (*former, "leads.others", "models.leaders"):
        build.execute(f"create schema if not exists {previous.FILE}.{name.split('.')[0]}")
        build.execute(f"create table {previous.FILE}.{name} as select 'a' as lead_id")
    write(build, "monitoring.x", "select 1 as n", {"n": {}})
    build.execute(
        "insert into monitoring.published_columns"
        " values ('monitoring', 'published_columns', 'declared', '', '', [], '{}')"
    )
    with filled(build, tmp_path, NOTHING, switched_off, ["published_columns"]) as new:
        tables = new.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where schema_name in ('leads', 'models')"
        ).fetchall()
    assert {name for (name,) in tables} == (former if switched_off == ["leads"] else set())


def test_a_type_that_holds_keys_and_says_nothing_stops_publishing(build, tmp_path):
    scores = "select [{'visitor_id': 'v', 'score': 1}] as scores"
    write(build, "models.fit_visits", scores, {"scores": {}})
    with pytest.raises(GenerationFileError, match=r"fit_visits.scores may hold .* \(visitor_id\)"):
        filled(build, tmp_path)
    assert not (tmp_path / "next.duckdb").exists()


def test_sources_that_are_off_are_those_that_left_something(build):
    known, enabled = ["retail", "mall", "leads"], ["mall"]
    assert next_generation.switched_off(build, known, enabled) == []
    build.execute(
        f"create table {previous.FILE}.monitoring.data_quality as"
        " from (values ('mall'), ('leads'), ('left_the_project')) as t (source)"
    )
    assert next_generation.switched_off(build, known, enabled) == ["leads"]
    build.execute(f"delete from {previous.FILE}.monitoring.data_quality")
    assert next_generation.switched_off(build, known, enabled) == []


def test_what_the_previous_generation_lacks_is_there_and_empty(build):
    build.execute(f"create schema {previous.FILE}.s")
    build.execute(f"create table {previous.FILE}.s.history as select '7' as n")
    wanted = [
        {"schema": "s", "name": "history", "columns": {"n": "integer", "later": "varchar[]"}},
        {"schema": "s", "name": "other", "columns": {"n": "decimal(18,2)"}},
        {"schema": "models", "name": "fit", "columns": {}},
    ]
    previous.show(build, "[]")
    assert build.execute("from previous.s.history").fetchall() == [("7",)]
    previous.show(build, json.dumps(wanted))
    assert build.execute("from previous.s.history").fetchall() == [(7, None)]
    types = build.execute("select typeof(n), typeof(later) from previous.s.history").fetchall()
    assert types == [("INTEGER", "VARCHAR[]")]
    assert build.execute("from previous.s.other").fetchall() == []
    assert build.execute("from previous.models.fit").description[0][0] == "model_run_id"
    # A stored fit is as it was stored.
    build.execute(
        f"create schema {previous.FILE}.models;"
        f" create table {previous.FILE}.models.fit as select 1 as anything"
    )
    previous.show(build, json.dumps(wanted))
    assert build.execute("from previous.models.fit").fetchall() == [(1,)]


def shown(build, schema: str, table: str, **columns: str) -> list[tuple]:
    """Return the rows of a table of the previous generation, as models see them."""
    previous.show(build, json.dumps([{"schema": schema, "name": table, "columns": columns}]))
    return build.execute(f"from previous.{schema}.{table} order by all").fetchall()


def test_scores_of_version_1_are_those_of_leads(build):
    build.execute(
        f"create schema {previous.FILE}.leads;"
        f" create table {previous.FILE}.leads.lead_scores as"
        " select 'a' as lead_id, 'new' as split, 0.7 as conversion_probability"
    )
    columns = {"dataset": "varchar", "entity_id": "varchar", "probability": "double"}
    assert shown(build, "propensity", "propensity_scores", **columns) == [("leads", "a", 0.7)]
    # Those of a data set that was scored since then stand beside them.
    build.execute(
        f"create schema {previous.FILE}.propensity;"
        f" create table {previous.FILE}.propensity.propensity_scores as"
        " select 'retail' as dataset, '1' as entity_id, 0.2 as probability"
    )
    assert shown(build, "propensity", "propensity_scores", **columns) == [
        ("leads", "a", 0.7),
        ("retail", "1", 0.2),
    ]


def test_fits_of_version_1_have_the_names_of_today(build):
    build.execute(
        f"create schema {previous.FILE}.models;"
        f" create table {previous.FILE}.models.fit_mall_segments as"
        " select 'm' as model_run_id, 'mall' as dataset;"
        f" create table {previous.FILE}.models.fit_retail_segments as"
        " select 'r' as model_run_id, 'retail' as dataset;"
        f" create table {previous.FILE}.models.fit_lead_families as"
        " select 'l' as model_run_id, 'leads' as area, 'leads' as dataset,"
        " [{'imbalance': 'none', 'lead_id': 'a', 'repeat': 0, 'fold': 1, 'is_converted': true,"
        " 'raw_score': 0.5, 'model_probability': 0.6, 'probability': 0.7}] as out_of_fold,"
        " [{'lead_id': 'b', 'raw_score': 0.25}] as reference_scores"
    )
    assert shown(build, "models", "segmentation_fits") == [("m", "mall"), ("r", "retail")]
    ((run, area, dataset, out_of_fold, scores),) = shown(build, "models", "fit_propensity_families")
    assert (run, area, dataset) == ("l", "propensity", "leads")
    assert [(row["entity_id"], row["has_outcome"], row["fold"]) for row in out_of_fold] == [
        ("a", True, 1)
    ]
    assert [row["entity_id"] for row in scores] == ["b"]


def test_areas_and_data_sets_that_version_1_did_not_name(build):
    build.execute(
        f"create schema {previous.FILE}.models;"
        f" create table {previous.FILE}.models.recommender_champion as select 'ease' as algorithm;"
        f" create table {previous.FILE}.models.feature_baselines as"
        " from (values ('leads'), ('mall'), ('ratings')) as t (dataset);"
        f" create table {previous.FILE}.monitoring.model_runs as"
        " from (values ('leads', 1), ('segmentation', 2)) as t (area, n)"
    )
    assert shown(build, "models", "recommender_champion", dataset="varchar") == [("ratings",)]
    assert shown(build, "models", "feature_baselines", area="varchar", dataset="varchar") == [
        ("propensity", "leads"),
        ("recommendations", "ratings"),
        ("segmentation", "mall"),
    ]
    assert shown(build, "monitoring", "model_runs", area="varchar", n="integer") == [
        ("propensity", 1),
        ("segmentation", 2),
    ]
