"""The limit on repairs: what is said of a source of which one rule repaired too much."""

import json

import duckdb
import pytest

from warehouse import intake, repairs, typed_rows
from warehouse.plugin import Plugin

MEANING = typed_rows.Meaning(built_on="2026-11-26")
HEADER = "CustomerID,Gender,Age,Annual Income (k$),Spending Score (1-100)\n"
SEED = "seeds/reference/mall/mall_category_map.csv"


@pytest.fixture
def beyond(tmp_path):
    """Return a function that says what is beyond the limit of visitors of so many genders."""
    with duckdb.connect() as connection:
        plugin = Plugin.__new__(Plugin)
        plugin.folder = tmp_path
        plugin.configure_connection(connection)

        def ask(genders, limit=0.25, masked=(), read=("mall",)):
            lines = [f"{n},{gender},19,15,39\n" for n, gender in enumerate(genders)]
            # Rows that are not kept do not count.
            lines += ["x,Robot,old,15,39\n", "y,Robot,19,15,39\n"]
            (tmp_path / "Mall_Customers.csv").write_text(HEADER + "".join(lines))
            how = {
                "folder": str(tmp_path),
                "encodings": {"mall": "utf-8"},
                "relations": {},
                "read": ["mall"],
            }
            connection.execute("select show_raw_rows(?)", [json.dumps(how)])
            connection.execute(
                "create or replace table words as select 'gender' as column_name,"
                " 'male' as raw_value, 'Male' as value"
            )
            typed = typed_rows.typed("mall", 'raw.mall."Mall_Customers"', "words", MEANING, False)
            connection.execute(
                "create or replace table checked as select *, problems as reject_reason,"
                f" case when customer_id = 'y' then 'forgotten' end as exclusion_rule"
                f" from ({typed})"
            )
            connection.execute("select show_raw_rows(?)", [json.dumps({**how, "read": read})])
            given = {"source": "mall", "checked": "checked", "limit": limit, "masked": masked}
            ((reply,),) = connection.execute(
                "select repairs_beyond_limit(?)", [json.dumps(given)]
            ).fetchall()
            return json.loads(reply)["answer"]

        yield ask


def test_unknown_categories_beyond_the_limit_are_one_line_that_says_what_to_do(beyond):
    genders = ["Male"] * 4 + ["D", "Weiblich", "weiblich", "x\x07", "x'"]
    assert beyond(genders) == [
        "mall: gender is unknown and became 'other' in 5 of 9 kept rows (55.6%), more than"
        " max_repaired_share 0.25 allows; most often 'Weiblich' (2), 'D' (1), 'x\ufffd' (1): add"
        f" what is missing to {SEED}."
    ]
    (line,) = beyond(["Male", "Z" * 50])
    assert f"most often '{'Z' * 40}' (1)" in line


@pytest.mark.parametrize(("unknown", "lines"), [(0, 0), (2, 0), (3, 1)])
def test_a_share_at_the_limit_passes(beyond, unknown, lines):
    assert len(beyond(["Male"] * 6 + ["X"] * unknown, limit=0.25)) == lines
    assert beyond(["X"] * 3, limit=1) == []


def test_nothing_is_said_of_no_row(beyond):
    assert beyond([], limit=0) == []


def test_values_that_nobody_may_see_are_not_shown(beyond):
    (line,) = beyond(["Male", "Secret"], masked=["gender"])
    assert "Secret" not in line
    assert "allows; its values are not shown: add what is missing to" in line


def test_without_the_raw_rows_the_share_is_said(beyond):
    (line,) = beyond(["Male", "X"], read=[])
    assert "1 of 2 kept rows (50.0%)" in line
    assert "; a build shows its values: add what" in line


def declare(monkeypatch, **meta):
    table = intake.declared_table("mall")
    for column in table["columns"]:
        column.update(meta if column["name"] == "gender" else {})
    monkeypatch.setattr(intake, "declared_table", lambda source: table)


def test_a_column_can_state_its_own_limit(beyond, monkeypatch):
    declare(monkeypatch, max_repaired_share=0.7)
    assert beyond(["Male", "X"], limit=0.25) == []
    (line,) = beyond(["Male", "X", "X", "X"], limit=0.25)
    assert "more than max_repaired_share 0.7 allows" in line


def test_values_of_the_key_of_a_person_are_not_shown(beyond, monkeypatch):
    declare(monkeypatch, person=True)
    assert "; its values are not shown: " in beyond(["Male", "X"])[0]


def test_every_rule_is_judged_by_itself():
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table checked as
            select
                case when n < 30 then 'income is missing: median; x is unknown' end as repairs,
                null as reject_reason,
                null as exclusion_rule
            from range(100) as numbers (n)
            """
        )
        how = {"source": "retail", "checked": "checked", "masked": []}
        assert repairs.beyond_limit(connection, **how, limit=0.3) == []
        assert repairs.beyond_limit(connection, **how, limit=0.25)[0] == (
            "retail: the rule 'income is missing: median' repaired 30 of 100 kept rows (30.0%),"
            " more than max_repaired_share 0.25 allows: look at the raw rows, or allow more."
        )
