"""Hostile keys reach the published tables as they are; people who are forgotten are nowhere."""

import csv
import gzip
import hashlib
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from conftest import NIGHTLY, QUICK_MALL, SAMPLE, Warehouse, built, copied_project, script

HOSTILE = [
    "'; drop table mall_customers; --",
    'say "hi"',
    "Zoë ☃ 名前",
    "x" * 10_000,
    "=1+1",
    "@sum(a1)",
    "+1",
    "-1",
    "a\\b'c",
    "{{ ref('x') }}",
    "%s; delete from t",
]
# A visitor whom only a rejected row of a Parquet file names, as 90029002.0.
FLOATING = "90029002"
MALL_ONLY = {**QUICK_MALL, "publish_parquet": True}


def with_hostile_keys(source: Path, target: Path, *, header: bool = True, limit=None) -> None:
    """Copy a CSV file with hostile keys in place of the first ones."""
    opened = gzip.open if source.suffix == ".gz" else open
    with opened(source, "rt", newline="") as stream:
        rows = list(csv.reader(stream))[:limit]
    keys = list(dict.fromkeys(row[0] for row in rows[header:]))
    renamed = dict(zip(keys, HOSTILE, strict=False))
    for row in rows[header:]:
        row[0] = renamed.get(row[0], row[0])
    with target.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)


def tables_with(path: Path, text: str) -> set[str]:
    """Return the tables of a DuckDB file in which a text stands anywhere."""
    with duckdb.connect(path, read_only=True) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
        ).fetchall()
        return {
            table
            for (table,) in tables
            if connection.execute(
                f"select count(*) from {table} as t where contains(t::varchar, ?)", [text]
            ).fetchone()[0]
        }


def files_with(folder: Path, text: str) -> list[str]:
    """Return the files in a folder that hold the bytes of a text."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and text.encode() in path.read_bytes()
    ]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Path:
    """Return a folder with a mall of hostile keys, raw and published twice."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "raw").mkdir()
    raw = folder / "raw" / "Mall_Customers.csv"
    with_hostile_keys(SAMPLE / "Mall_Customers.csv", raw)
    with raw.open("a", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([[key, "Male", "twenty", 50, 50] for key in HOSTILE[:4]])
    duckdb.sql(
        f"select {FLOATING}::double as customer_id, 'Male' as gender, 300 as age,"
        " 50 as annual_income, 50 as spending_score"
    ).write_parquet(str(folder / "raw" / "Mall_Customers_floats.parquet"))
    warehouse = built(folder / "warehouse", folder / "raw", MALL_ONLY)
    assert warehouse.dbt(*NIGHTLY, variables=MALL_ONLY).returncode == 0
    return folder


@pytest.fixture
def mall(hostile, tmp_path) -> Warehouse:
    shutil.copytree(hostile, tmp_path / "mall", symlinks=True)
    return Warehouse(tmp_path / "mall" / "warehouse", tmp_path / "mall" / "raw")


def forget(warehouse: Warehouse, person: str, source: str = "") -> subprocess.CompletedProcess:
    given = {"WAREHOUSE_DIR": str(warehouse.folder), "ID": person, "SOURCE": source}
    return subprocess.run(**script("forget", **given), capture_output=True, text=True)


def published_keys(warehouse: Warehouse, table: str, column: str) -> set[str]:
    return {key for (key,) in warehouse.query(f"select distinct {column} from {table}")}


@pytest.mark.parametrize(
    "table", ["mall_customers", "customer_segments", "segment_history", "segment_map"]
)
def test_hostile_keys_are_published_verbatim(mall, table):
    keys = published_keys(mall, f"segmentation.{table}", "customer_id")
    assert set(HOSTILE) <= keys
    assert len(keys) == 200


@pytest.mark.slow
def test_hostile_keys_of_leads_and_ratings_are_published_verbatim(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    with_hostile_keys(SAMPLE / "ExtraaLearn.csv", raw / "ExtraaLearn.csv")
    ratings = SAMPLE / "ratings_Electronics.csv.gz"
    with_hostile_keys(ratings, raw / "ratings_Electronics.csv", header=False)
    warehouse = built(tmp_path / "warehouse", raw, {"sources_enabled": ["leads", "ratings"]})
    assert set(HOSTILE) <= published_keys(warehouse, "propensity.propensity_scores", "entity_id")
    users = published_keys(warehouse, "recommendations.product_recommendations", "user_id")
    in_both = sorted(set(HOSTILE) & users)[:2]
    assert in_both
    for person in in_both:
        which = forget(warehouse, person)
        assert which.returncode == 1
        assert "SOURCE=leads or SOURCE=ratings or SOURCE=all" in which.stderr
    for person in [HOSTILE[3], *in_both]:
        assert forget(warehouse, person, "all").returncode == 0
        assert tables_with(warehouse.published, person) == set()


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("recommendations.product_recommendations", "user_id"),
        ("propensity.propensity_scores", "entity_id"),
    ],
)
def test_no_table_of_any_source_keeps_somebody_forgotten(sample_build, tmp_path, table, column):
    shutil.copy(sample_build.published, tmp_path)
    warehouse = Warehouse(tmp_path)
    ((person,),) = warehouse.query(f"select max({column}) from {table}")
    assert tables_with(warehouse.published, person) >= {table}
    assert forget(warehouse, person).returncode == 0
    assert tables_with(warehouse.published, person) == set()


@pytest.mark.parametrize(
    "person", [*HOSTILE[:4], FLOATING], ids=["sql", "quotes", "unicode", "long", "floating"]
)
def test_somebody_forgotten_is_nowhere(mall, person):
    others = set(HOSTILE) - {person}
    comments = "select count(*), count(comment) from duckdb_columns() where not internal"
    before = mall.query(comments)
    assert files_with(mall.folder, person) or tables_with(mall.published, person)
    run = forget(mall, person)
    assert run.returncode == 0, run.stderr
    assert "rows removed" in run.stdout
    assert person not in run.stdout
    assert files_with(mall.folder, person) == []
    kept = list((mall.folder / "generations").iterdir())
    assert len(kept) == 1
    for path in (mall.published, *kept):
        assert tables_with(path, person.replace('"', '""')) == set()
        assert tables_with(path, person) == set()
    files = list((mall.folder / "parquet").rglob("*.parquet"))
    assert files
    for path in files:
        rows = duckdb.execute(
            f"select count(*) from '{path}' as t where contains(t::varchar, ?)", [person]
        )
        assert rows.fetchall() == [(0,)], path
    assert not mall.build.exists()
    assert others <= published_keys(mall, "segmentation.mall_customers", "customer_id")
    assert mall.query(comments) == before
    assert (mall.folder / "parquet" / "current" / "segmentation").is_dir()


@pytest.mark.slow
def test_somebody_forgotten_does_not_come_back(mall):
    # The first version knew people by a digest without a key.
    before = HOSTILE[4]
    digest = hashlib.sha256(before.encode()).hexdigest()
    (mall.folder / "forgotten.csv").write_text(f"sha256\n{digest}\n")
    gone = [*HOSTILE[:4], FLOATING]
    for person in gone:
        assert forget(mall, person).returncode == 0
    again = forget(mall, gone[0])
    assert "0 rows removed, 0 rows masked" in again.stdout
    assert "Already forgotten in mall." in again.stdout
    assert len((mall.folder / "forgotten.csv").read_text().split()) == 1 + len(gone) + 1
    run = mall.dbt(*NIGHTLY, variables=MALL_ONLY)
    assert run.returncode == 0, run.stdout[-3000:]
    for person in gone:
        assert tables_with(mall.published, person) == set()
    assert before not in published_keys(mall, "segmentation.mall_customers", "customer_id")
    assert ("forgotten", "excluded", 5) in mall.query(
        "select rule, action, rows from monitoring.data_quality_rules"
    )
    assert mall.query("select distinct raw_row from monitoring.rejected_rows") == [("(forgotten)",)]


def test_forgetting_says_what_is_wrong_in_one_line(mall, tmp_path):
    assert "say whom" in forget(mall, "").stderr
    (kept,) = (mall.folder / "generations").iterdir()
    kept.write_bytes(b"no database")
    run = forget(mall, HOSTILE[0])
    assert run.returncode == 1
    assert not (mall.folder / "forgotten.csv").exists()
    assert kept.name in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_masked_columns_are_published_nowhere(tmp_path):
    raw = tmp_path / "raw" / "Mall_Customers.csv"
    raw.parent.mkdir()
    shutil.copy(SAMPLE / "Mall_Customers.csv", raw)
    broken = [
        '9001,"Fe,male",x,55555,50',
        '9002, "Fe""male" ,x,55555,50',
        "9003,Femalex,x,55555",
        '9004,"Femalex,x,55555,50',
        "9005,Female,30,55555,999",
    ]
    with raw.open("a", encoding="utf-8") as stream:
        stream.write("\n".join(broken) + "\n")
    masked = {"mall": ["gender", "annual_income_k"]}
    variables = {**QUICK_MALL, "masked_columns": masked}
    warehouse = built(tmp_path / "warehouse", raw.parent, variables)
    assert warehouse.query("select raw_row from monitoring.rejected_rows order by row_number") == [
        ("9001,***,x,***,50",),
        ("9002,***,x,***,50",),
        ("*** (20 characters)",),
        ("*** (24 characters)",),
        ("9005,***,30,***,999",),
    ]
    customers = "select count(*), count(gender), count(annual_income_k), count(age)"
    assert warehouse.query(f"{customers} from segmentation.mall_customers") == [(200, 0, 0, 200)]
    assert warehouse.query(
        "select data_type from duckdb_columns() where column_name = 'annual_income_k'"
    ) == [("DECIMAL(18,2)",)]
    # A profile is of a segment and of nobody in it.
    assert tables_with(warehouse.published, "emale") == {"segmentation.segment_profiles"}


def test_years_of_birth_are_not_published_unless_asked_for(sample_build):
    ((customers, years, ages),) = sample_build.query(
        "select count(*), count(birth_year), count(age) from segmentation.retail_customers"
    )
    assert customers == ages > 0
    assert years == 0
    rejected = sample_build.query(
        "select raw_row from monitoring.rejected_rows where source = 'retail'"
    )
    assert rejected
    assert all("***" in raw_row for (raw_row,) in rejected)


VISITS = """
models:
  - name: visits
    description: One row per visitor.
    config: {{contract: {{enforced: true}}, tags: [mall]}}
    columns:
      - name: visitor_id
        data_type: varchar
        description: Key of the visitor.
        {config}
"""


def test_a_new_table_says_where_its_people_are_and_forget_finds_them(tmp_path):
    project = copied_project(tmp_path / "project")
    marts = project / "dbt_project" / "models" / "segmentation" / "marts"
    (marts / "visits.sql").write_text(
        "{{ config(enabled=source_enabled('mall')) }}\n"
        "select customer_id as visitor_id from {{ ref('stg_mall__customers') }}\n"
    )
    warehouse = Warehouse(tmp_path / "warehouse", SAMPLE, project)
    (marts / "_visits__models.yml").write_text(VISITS.format(config=""))
    run = warehouse.dbt(*NIGHTLY, variables=QUICK_MALL)
    assert run.returncode != 0
    assert "visits.visitor_id may hold keys of people: declare 'person: true'" in run.stdout
    assert "Traceback" not in run.stdout

    declared = "config: {meta: {person: true}}"
    (marts / "_visits__models.yml").write_text(VISITS.format(config=declared))
    run = warehouse.dbt(*NIGHTLY, variables=QUICK_MALL)
    assert run.returncode == 0, run.stdout[-4000:]
    before = published_keys(warehouse, "segmentation.visits", "visitor_id")
    person = min(before)
    assert forget(warehouse, person).returncode == 0
    assert published_keys(warehouse, "segmentation.visits", "visitor_id") == before - {person}
    # Its declarations are still there, for the next time.
    assert forget(warehouse, max(before)).returncode == 0
    left = before - {person, max(before)}
    assert published_keys(warehouse, "segmentation.visits", "visitor_id") == left
