"""Tables of attached databases, read in place of files."""

import json
import sqlite3
from types import SimpleNamespace

import duckdb
import pyarrow.compute as pc
import pytest
from dbt.adapters.duckdb.credentials import Attachment
from dbt_common.exceptions import DbtRuntimeError

from warehouse import forgetting, tables, typed_rows
from warehouse.plugin import Plugin

MEANING = typed_rows.Meaning(built_on="2026-11-26")
VISITORS = """
    select * from (values
        ('a', 'Male', 19.0::double, 15.50::decimal(9, 2), 39, timestamptz '2010-12-01 00:26:00+01'),
        ('b', 'female', 21.5, 16.00, 81, null),
        ('a', 'Robot', 19, 15.50, 39, null)
    ) as visitors ("Customer ID", "Genre", "AGE", annual_income, spending_score, seen_at)
"""


@pytest.fixture
def shop(tmp_path):
    """Return a function that lets another database hold what statements make, as `shop`."""

    def hold(*statements):
        with duckdb.connect(tmp_path / "shop.duckdb") as connection:
            for statement in statements:
                connection.execute(statement)
        return Attachment(path=str(tmp_path / "shop.duckdb"), alias="shop", read_only=True)

    return hold


@pytest.fixture
def read(tmp_path):
    """Return a function that reads sources as a build does, and what is wrong with them."""
    connections = []

    def ask(attachment, relations, folder="/nowhere", **more):
        connection = duckdb.connect()
        connections.append(connection)
        plugin = Plugin.__new__(Plugin)
        plugin.folder, plugin.attachments = tmp_path, [attachment]
        plugin.configure_connection(connection)
        how = {
            "folder": str(folder),
            "encodings": dict.fromkeys(relations, "utf-8"),
            "relations": relations,
            "read": list(relations),
            **more,
        }
        ((reply,),) = connection.execute("select show_raw_rows(?)", [json.dumps(how)]).fetchall()
        return connection, json.loads(reply)["answer"]

    yield ask
    for connection in connections:
        connection.close()


def test_the_rows_of_a_table_are_raw_rows_and_no_folder_is_needed(shop, read):
    connection, problems = read(
        shop(f"create table visitors as {VISITORS}"), {"mall": "shop.main.visitors"}
    )
    assert problems == []
    rows = connection.execute('from raw.mall."Mall_Customers" order by row_number').fetchall()
    assert [(*row[:2], *row[3:]) for row in rows] == [
        ("shop.main.visitors", 1, None, "a", "Male", "19", "15.50", "39"),
        ("shop.main.visitors", 2, None, "b", "female", "21.5", "16", "81"),
        ("shop.main.visitors", 3, None, "a", "Robot", "19", "15.50", "39"),
    ]
    # With the columns that are not declared.
    assert json.loads(rows[1][2]) == {
        "Customer ID": "b",
        "Genre": "female",
        "AGE": 21.5,
        "annual_income": 16.0,
        "spending_score": 81,
        "seen_at": None,
    }
    described = "select unnest(described_raw_files(), recursive := true)"
    assert connection.execute(described).fetchall() == [
        ("mall", "shop.main.visitors", None, None, 3)
    ]


def test_a_view_and_names_that_need_quoting_are_read(shop, read):
    attachment = shop(
        'create schema "The shop"',
        f'create table "The shop".visitors as {VISITORS}',
        'create view "The shop"."it\'s ""the"" view.of" as select *, 7 as rowid, 8 as row_place,'
        ' 9 as file, 1 as column_1, 2 as "row_number" from "The shop".visitors',
    )
    name = 'SHOP."the shop"."it\'s ""the"" view.of"'
    connection, problems = read(attachment, {"mall": name})
    assert problems == []
    found = connection.execute(
        'select file, row_number, customer_id, raw_row from raw.mall."Mall_Customers" order by all'
    ).fetchall()
    assert [row[:3] for row in found] == [(name, 1, "a"), (name, 2, "b"), (name, 3, "a")]
    assert json.loads(found[0][3])["rowid"] == 7


def test_masked_columns_of_a_table_are_hidden_in_its_rows(shop, read):
    connection, _ = read(
        shop(f"create table visitors as {VISITORS}"), {"mall": "shop.main.visitors"}
    )
    ((masked,),) = connection.execute(
        "select masked_raw_row('mall', file, raw_row, ?)"
        ' from raw.mall."Mall_Customers" where row_number = 2',
        [json.dumps({"mall": ["age", "gender"]})],
    ).fetchall()
    assert json.loads(masked) == {
        "Customer ID": "b",
        "Genre": "***",
        "AGE": "***",
        "annual_income": 16.0,
        "spending_score": 81,
        "seen_at": None,
    }


def test_the_rows_of_a_person_who_was_forgotten_are_known_in_a_table(shop, read, monkeypatch):
    forgotten = SimpleNamespace(
        digests=["a"], holds_each=lambda _, ids: pc.equal(ids, "a"), holds_line=lambda *_: False
    )
    monkeypatch.setattr(forgetting, "read_forgotten", lambda folder: forgotten)
    connection, _ = read(
        shop(f"create table visitors as {VISITORS}"), {"mall": "shop.main.visitors"}
    )
    connection.execute("create table words (column_name text, raw_value text, value text)")
    rows = typed_rows.typed("mall", 'raw.mall."Mall_Customers"', "words", MEANING, True)
    assert connection.execute(
        f"select customer_id, is_forgotten, raw_row = '(forgotten)' from ({rows}) order by all"
    ).fetchall() == [("a", True, True), ("a", True, True), ("b", False, False)]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
def test_moments_and_numbers_become_the_text_that_files_have(shop, read, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    attachment = shop(
        """
        create table ratings as select 17850.0::double as user_id, 'p1'::blob as asin,
            5::hugeint as rating, timestamptz '2010-12-01 00:26:00+01:00' as "time"
        """
    )
    connection, problems = read(attachment, {"ratings": "shop.main.ratings"})
    assert problems == []
    (found,) = connection.execute(
        'select user_id, product_id, rating, rated_at from raw.ratings."ratings_Electronics"'
    ).fetchall()
    assert found == ("17850", "p1", "5", "2010-11-30T23:26:00.000000+00:00")


@pytest.mark.parametrize(
    ("statement", "relation", "said"),
    [
        (
            "create table visitors as select 1 as customer_id",
            "shop.main.visitors",
            "mall: shop.main.visitors has no column 'age' in its header (3 needed column(s)"
            " missing: age, annual_income_k, spending_score; not known: none).",
        ),
        (
            "create table visitors as select 1 as x",
            "shop.main.visitors",
            "mall: shop.main.visitors has no column 'customer_id' in its header, nor any other that"
            " is known; it has to name customer_id, age, annual_income_k, spending_score.",
        ),
        (
            f"create table visitors as select * replace ([1] as AGE) from ({VISITORS})",
            "shop.main.visitors",
            "mall: shop.main.visitors has lists or structs (list<l: int32>) in 'AGE';"
            " save one value per row.",
        ),
        (
            f"create table visitors as select *, 1 as age_, 1 as _age from ({VISITORS})",
            "shop.main.visitors",
            "mall: shop.main.visitors has more than one column 'age' ('AGE', 'age_', '_age');"
            " rename all but one.",
        ),
        (
            "create table visitors as select 1 as customer_id",
            "shop.main.visitor",
            "mall: shop.main.visitor is no table or view (shop.main has 'visitors'); correct the"
            " var mall_relation, or leave 'mall' out of the var sources_enabled.",
        ),
        (
            "create table visitors as select 1 as customer_id",
            "shop.crm.visitors",
            "mall: shop.crm.visitors is no table or view (shop.crm has none); correct the var"
            " mall_relation, or leave 'mall' out of the var sources_enabled.",
        ),
        (
            "create table visitors as select 1 as customer_id",
            "crm.main.visitors",
            "mall: crm.main.visitors is of a database that profiles.yml does not attach (attached:"
            " 'shop'); name it under attach there.",
        ),
        (
            "create table visitors as select 1 as customer_id",
            "raw.mall.Mall_Customers",
            "mall: raw.mall.Mall_Customers is of a database that profiles.yml does not attach"
            " (attached: 'shop'); name it under attach there.",
        ),
        (
            f"create view visitors as select * replace (error('a\\nb') as AGE) from ({VISITORS})",
            "shop.main.visitors",
            "mall: shop.main.visitors cannot be read to its end (Invalid Input Error: a\\nb);"
            " mend the table, or name another in the var mall_relation.",
        ),
    ],
)
def test_a_table_that_cannot_be_read_is_one_line(shop, read, statement, relation, said):
    _, problems = read(shop(statement), {"mall": relation})
    assert problems == [said]


def test_what_is_wrong_with_tables_and_files_is_said_together(shop, read, tmp_path):
    attachment = shop(f"create table visitors as {VISITORS}")
    _, problems = read(attachment, {"mall": "shop.main.x", "leads": None}, folder=tmp_path)
    assert [problem.partition(" in ")[0] for problem in problems] == [
        "leads: no file ExtraaLearn.csv, .csv.gz, .csv.zst, .csv.zip, .zip, .parquet or .xlsx",
        "mall: shop.main.x is no table or view (shop.main has 'visitors'); correct the var"
        " mall_relation, or leave 'mall' out of the var sources_enabled.",
    ]


def test_one_source_is_a_table_and_another_is_files(shop, read, tmp_path):
    (tmp_path / "ratings_Electronics.csv").write_text("u,p,5\n")
    attachment = shop(f"create table visitors as {VISITORS}")
    relations = {"mall": "shop.main.visitors", "ratings": None}
    connection, problems = read(attachment, relations, folder=tmp_path)
    assert problems == []
    described = "select unnest(described_raw_files(), recursive := true)"
    counted = f"select source, file, rows_read from ({described}) order by source"
    assert connection.execute(counted).fetchall() == [
        ("mall", "shop.main.visitors", 3),
        ("ratings", "ratings_Electronics.csv", 1),
    ]


def test_a_run_reads_the_rows_that_were_there_at_its_start(shop, read):
    attachment = shop(f"create table visitors as {VISITORS}")
    attachment.read_only = False
    connection, _ = read(attachment, {"mall": "shop.main.visitors"})
    connection.execute("delete from shop.visitors where spending_score = 39")
    count = 'select count(*) from raw.mall."Mall_Customers"'
    assert connection.execute(count).fetchall() == [(3,)]


def test_the_order_in_which_a_database_gives_its_rows_is_in_their_number_only(shop, read):
    attachment = shop(
        f"create table forward as {VISITORS}",
        "create table backward as select * from forward order by rowid desc",
    )

    def typed(table):
        connection, _ = read(attachment, {"mall": f"shop.main.{table}"})
        connection.execute("create table words (column_name text, raw_value text, value text)")
        rows = typed_rows.typed("mall", 'raw.mall."Mall_Customers"', "words", MEANING, False)
        query = f"select * exclude (file, row_number) from ({rows})"
        in_order = connection.execute(f"{query} order by row_number").fetchall()
        return in_order, connection.execute(f"{query} order by all").fetchall()

    forward, backward = typed("forward"), typed("backward")
    assert forward[0] == backward[0][::-1] != backward[0]
    assert forward[1] == backward[1]


@pytest.mark.parametrize(
    ("attachment", "said"),
    [
        (
            {"path": "/nowhere/shop.duckdb", "alias": "shop", "read_only": True},
            "profiles.yml: the database shop cannot be attached: IO Error: ",
        ),
        (
            {"path": "host=h password=secret", "alias": "crm", "type": "no_such_type"},
            "profiles.yml: the database crm cannot be attached: ",
        ),
        (
            {"path": ":memory:", "alias": "Raw"},
            "profiles.yml attaches a database as Raw, which is a name of the warehouse's own:"
            " give it another alias.",
        ),
    ],
)
def test_a_database_that_cannot_be_attached_is_one_line_without_its_password(
    read, attachment, said
):
    with pytest.raises(DbtRuntimeError) as caught:
        read(Attachment(**attachment), {"mall": "shop.main.visitors"})
    (line,) = caught.value.msg.splitlines()
    assert line.startswith(said)
    assert "secret" not in line


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("shop.main.visitors", ("shop", "main", "visitors")),
        (' shop . main . "a.b ""c""" ', ("shop", "main", 'a.b "c"')),
        ("shop.main.order lines", ("shop", "main", "order lines")),
        ("shop.visitors", None),
        ("visitors", None),
        ("a.b.c.d", None),
        ("shop..visitors", None),
        ("shop. .visitors", None),
        ('shop.main."visitors', None),
        ("", None),
    ],
)
def test_a_relation_is_named_by_database_schema_and_table(name, parts):
    assert tables.parts_of(name) == parts


def test_a_table_of_sqlite_is_read(tmp_path, read):
    known = "from duckdb_extensions() where extension_name = 'sqlite_scanner' and installed"
    with duckdb.connect() as asked:
        is_installed = asked.execute(known).fetchall()
    if not is_installed:
        pytest.skip("DuckDB's extension sqlite is not installed here: `install sqlite` needs a net")
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("create table visitors (customer_id text, age int, income real, score int)")
        shop.execute("insert into visitors values ('007', 19, 15.5, 39)")
        shop.execute(
            "create view renamed as select customer_id, age, income as annual_income_k,"
            " score as spending_score from visitors"
        )
    attachment = Attachment(path=str(tmp_path / "shop.db"), type="sqlite", alias="shop")
    connection, problems = read(attachment, {"mall": "shop.main.renamed"})
    assert problems == []
    assert connection.execute(
        'select customer_id, age, annual_income_k from raw.mall."Mall_Customers"'
    ).fetchall() == [("007", "19", "15.5")]
