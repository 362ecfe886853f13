"""Every page and every part of it runs on whatever may be published."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from pages_sample import emptied, leads_only

pytest.importorskip("streamlit", reason="make dashboard installs it")
from streamlit.testing.v1 import AppTest

from dashboard import published

PARTS = {
    "Customers": ["Segments", "What sets them apart", "Map", "Movement", "List"],
    "Leads": ["List", "One in full", "How many calls", "Why", "What became of it"],
    "Products": ["One customer", "One product", "Sales", "By segment"],
    "Value": [
        "What they brought",
        "Who comes back",
        "Cannot lose them",
        "List",
        "What they will bring",
    ],
    "Models": ["Segments", "Who will do it", "Recommenders"],
    "Data": ["Rows", "Rejected rows", "Drift", "Models", "Tables"],
}
EACH = [(page, part) for page, parts in PARTS.items() for part in parts]


def _draw(title):
    from dashboard.screens import run

    run(title)


@pytest.fixture
def opened(monkeypatch):
    """Return a function that runs a part of a page on a warehouse folder."""

    def run(folder, page, part=None):
        monkeypatch.setenv("WAREHOUSE_DIR", str(folder))
        app = AppTest.from_function(_draw, args=(page,), default_timeout=60)
        if part:
            app.query_params["part"] = part
        app.run()
        assert not app.exception, app.exception
        return app

    return run


def said(app) -> str:
    return "\n".join(each.value for each in (*app.info, *app.markdown, *app.caption, *app.warning))


@pytest.mark.parametrize(("page", "part"), EACH)
def test_every_part_runs_on_the_first_generation_of_the_sample(sample_build, opened, page, part):
    app = opened(sample_build.folder, page, part)
    assert "generation " in app.caption[0].value
    missing = re.findall(r"The published file has no (?:\w+\.)?(\w+):", said(app))
    there = sample_build.query("select table_name from duckdb_tables()")
    assert not {(name,) for name in missing}.intersection(there)


@pytest.fixture(scope="module")
def leads_alone(sample_build, tmp_path_factory):
    return leads_only(sample_build, tmp_path_factory.mktemp("leads") / "warehouse")


@pytest.mark.parametrize("page", PARTS)
def test_with_leads_alone_a_page_says_in_one_line_what_is_not_there(leads_alone, opened, page):
    app = opened(leads_alone, page)
    missing = [each.value for each in app.info if "The published file has no" in each.value]
    assert len(missing) == (0 if page in ("Leads", "Data") else 1)


@pytest.fixture(scope="module")
def without_rows(sample_build, tmp_path_factory):
    return emptied(sample_build, tmp_path_factory.mktemp("empty") / "warehouse")


@pytest.mark.parametrize("page", PARTS)
def test_tables_without_rows_are_said_in_one_line(without_rows, opened, page):
    app = opened(without_rows, page)
    assert app.info
    assert not app.get("arrow_vega_lite_chart")


def test_nothing_published_is_one_friendly_line(opened, tmp_path):
    (line,) = opened(tmp_path, "Customers").info
    assert line.value.startswith(f"Nothing is published in {tmp_path} yet: run `make build`")


def test_a_database_of_something_else_is_one_friendly_line(opened, tmp_path):
    duckdb.connect(tmp_path / "customer_analytics.duckdb").close()
    (line,) = opened(tmp_path, "Customers").info
    assert "older version" in line.value


def test_a_file_that_somebody_writes_is_one_friendly_line(opened, tmp_path):
    path = tmp_path / "customer_analytics.duckdb"
    holder = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        writer.stdout.readline()
        (line,) = opened(tmp_path, "Customers").info
        writer.communicate("\n")
    assert "is held open by" in line.value


def test_a_page_reads_one_generation_to_its_end_and_the_next_run_the_new_one(
    sample_build, tmp_path
):
    path = Path(shutil.copy(sample_build.published, tmp_path))
    with published.opened(path) as before:
        new = Path(shutil.copy(path, tmp_path / "new.duckdb"))
        new.chmod(0o644)
        with duckdb.connect(new) as connection:
            connection.execute("update segmentation.segments set customers = 7")
        new.replace(path)
        with published.opened(path) as after:
            sizes = [
                each.frame("customers/sizes", dataset="mall")["customers"].tolist()
                for each in (before, after)
            ]
            assert before.stamp != after.stamp
    assert set(sizes[1]) == {7}
    assert set(sizes[0]) != {7}


def test_moves_of_a_month_are_those_of_customers_known_the_month_before(tmp_path):
    path = tmp_path / "customer_analytics.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create schema segmentation")
        connection.execute(
            "create table segmentation.segments as from (values ('a', 1, 'One', 1),"
            " ('a', 2, 'Two', 2)) as t (dataset, segment_id, segment_name, value_rank)"
        )
        connection.execute(
            "create table segmentation.segment_months as from (values"
            " ('a', 'moved', date '2026-01-01', 1), ('a', 'moved', '2026-02-01', 2),"
            " ('a', 'stayed', '2026-01-01', 2), ('a', 'stayed', '2026-02-01', 2),"
            " ('a', 'was away', '2025-12-01', 1), ('a', 'was away', '2026-02-01', 2),"
            " ('a', 'is new', '2026-02-01', 1), ('b', 'moved', '2026-02-01', 1)"
            ") as t (dataset, customer_id, month, segment_id)"
        )
    with published.opened(path) as file:
        months = file.frame("customers/months", dataset="a")["month"]
        moves = file.frame("customers/monthly_moves", dataset="a", month=months[0])
    assert [f"{month:%Y-%m}" for month in months] == ["2026-02", "2026-01"]
    (move,) = moves[["from_name", "to_name", "customers", "moved", "everyone"]].values.tolist()
    assert move == ["One", "Two", 1, 1, 2]


def test_nothing_but_the_published_file_can_be_read(sample_build):
    with (
        published.opened(sample_build.published) as opened_file,
        pytest.raises(duckdb.PermissionException),
    ):
        opened_file.connection.execute("from read_text('/etc/hostname')")


def test_the_confusion_matrix_at_the_served_threshold_is_that_of_the_table(sample_build):
    with published.opened(sample_build.published) as file:
        threshold = file.frame("leads/served_threshold", dataset="leads").iloc[0, 0]
        costs = {"cost_of_missed": 10, "cost_of_call": 1}
        given = {"dataset": "leads", "evaluated_on": "holdout", "threshold": threshold}
        cells = file.frame("leads/confusion", **given, **costs)
    ((hits, false_alarms, missed, left_alone),) = sample_build.query(
        "select sum(leads) filter (where is_converted and is_predicted_conversion),"
        " sum(leads) filter (where not is_converted and is_predicted_conversion),"
        " sum(leads) filter (where is_converted and not is_predicted_conversion),"
        " sum(leads) filter (where not is_converted and not is_predicted_conversion)"
        " from propensity.propensity_confusion_matrix"
        " semi join propensity.propensity_scores using (dataset, model_family)"
        " where dataset = 'leads' and evaluated_on = 'holdout'"
    )
    assert cells["scored_rows"].tolist() == [hits, missed, false_alarms, left_alone]
    assert cells["cost"].iloc[0] == 10 * missed + hits + false_alarms
    assert cells["recall"].iloc[0] == hits / (hits + missed)
