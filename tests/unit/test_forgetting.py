"""Forgetting a person in small warehouses, and what builds know of it afterwards."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from warehouse import fields, forget, forgetting, people, publishing
from warehouse.plugin import Plugin

PERSON = "99119911"
OTHER = "99119912"
GENERATIONS = ("20260101T020000.000000Z", "20260102T020000.000000Z")
# The person is a visitor of the mall; a product and a customer of retail have the same key.
TABLES = {
    "monitoring.build_info": f"""
        select '{GENERATIONS[1]}' as generation_id, '{GENERATIONS[0]}' as previous_generation_id""",
    "segmentation.customer_segments": f"""
        from (values ('mall', '{PERSON}'), ('mall', '{OTHER}'), ('retail', '{PERSON}'))
            as t (dataset, customer_id)""",
    "segmentation.segment_history": f"""
        from (values ('mall', '{PERSON}', 1), ('mall', '{PERSON}', 2), ('mall', '{OTHER}', 1))
            as t (dataset, customer_id, segment_id)""",
    "segmentation.mall_customers": f"""
        from (values ('{PERSON}', 40), ('{OTHER}', 41)) as t (customer_id, age)""",
    "segmentation.retail_customers": f"""
        from (values ('{PERSON}', 'Married')) as t (customer_id, marital_status)""",
    "segmentation.segment_product_recommendations": f"""
        from (values ('mall', '{PERSON}')) as t (dataset, product_id)""",
    "models.recommender_item_weights": f"""
        from (values ('{PERSON}', '{OTHER}'), ('{OTHER}', '{PERSON}'))
            as t (product_id, neighbour_id)""",
    "models.recommender_factors": f"""
        from (values ('product', '{PERSON}'), ('user', 'u1'), ('user', 'u2'))
            as t (entity, entity_id)""",
    "models.recommender_user_weights": """
        from (values ('u1', 'u2'), ('u2', 'u1'), ('u2', 'u3')) as t (user_id, neighbour_id)""",
    "recommendations.product_recommendations": f"""
        from (values ('u1', '{PERSON}', 'personal'), ('u2', 'p', 'popular'))
            as t (user_id, product_id, source)""",
    "models.fit_mall_segments": f"""
        select
            'mall' as dataset,
            ['{OTHER}', '{PERSON}', 'kmeans'] as customer_ids,
            [
                {{'algorithm': 'kmeans', 'labels': [10, 20, 30]}},
                {{'algorithm': '{PERSON}', 'labels': null}}
            ] as candidates""",
    "models.fit_lead_families": f"""
        select
            [{{'lead_id': 'l1', 'score': 1}}, {{'lead_id': 'l2', 'score': 2}}] as out_of_fold,
            [{{'feature': 'l1', 'category': '{PERSON}'}}] as encoder""",
    "monitoring.rejected_rows": f"""
        from (values
            ('mall', '{{"CustomerID":{PERSON}.0,"Age":5.5}}'),
            ('mall', '{OTHER},Male,x'),
            ('retail', '{PERSON};x')
        ) as t (source, raw_row)""",
}


def write(path: Path, tables: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(path) as connection:
        # Bytes can be looked for only where they are not compressed.
        connection.execute("set force_compression = 'uncompressed'")
        for name, rows in tables.items():
            connection.execute(f"create schema if not exists {name.split('.')[0]}")
            connection.execute(f"create table {name} as {rows}")


def write_warehouse(folder: Path, tables: dict[str, str] = TABLES) -> None:
    """Write one kept generation and the published one."""
    earlier = f"select '{GENERATIONS[0]}' as generation_id, null::varchar as previous_generation_id"
    kept = folder / "generations" / f"{GENERATIONS[0]}.duckdb"
    write(kept, tables | {"monitoring.build_info": earlier})
    write(folder / publishing.PUBLISHED_NAME, tables)


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    write_warehouse(folder)
    return folder


@pytest.fixture
def folder(written, tmp_path) -> Path:
    """Return a warehouse of this test alone."""
    return shutil.copytree(written, tmp_path / "warehouse")


@pytest.fixture
def run(folder, monkeypatch, capsys):
    """Return a function that runs `make forget` and gives its exit code, output and error."""

    def run(person: str, source: str | None = None, folder: Path = folder) -> tuple[int, str, str]:
        monkeypatch.setenv("WAREHOUSE_DIR", str(folder))
        monkeypatch.setenv("ID", person)
        monkeypatch.delenv("SOURCE", raising=False)
        if source:
            monkeypatch.setenv("SOURCE", source)
        try:
            forget.main()
        except SystemExit as stopped:
            return 1, capsys.readouterr().out, str(stopped)
        return 0, capsys.readouterr().out, ""

    return run


def rows(path: Path, sql: str) -> list:
    with duckdb.connect(path, read_only=True) as connection:
        found = connection.execute(sql).fetchall()
    return [row[0] if len(row) == 1 else row for row in found]


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_only_the_persons_rows_and_values_of_the_source_go(folder, run):
    assert run(PERSON, "mall")[0] == 0
    for path in forgetting.warehouse_files(folder):
        expected = {
            "select dataset || customer_id from segmentation.customer_segments": [
                f"mall{OTHER}",
                f"retail{PERSON}",
            ],
            "select customer_id from segmentation.segment_history": [OTHER],
            "select customer_id from segmentation.mall_customers": [OTHER],
            "select customer_id from segmentation.retail_customers": [PERSON],
            "select product_id from segmentation.segment_product_recommendations": [PERSON],
            "select neighbour_id from models.recommender_item_weights": [OTHER, PERSON],
            "select count(*) from models.recommender_factors": [3],
            "select product_id from recommendations.product_recommendations": [PERSON, "p"],
            "select customer_ids from models.fit_mall_segments": [[OTHER, "kmeans"]],
            "select candidates from models.fit_mall_segments": [
                [
                    {"algorithm": "kmeans", "labels": [10, 30]},
                    {"algorithm": PERSON, "labels": None},
                ]
            ],
            "select raw_row from monitoring.rejected_rows": [
                "(forgotten)",
                f"{OTHER},Male,x",
                f"{PERSON};x",
            ],
        }
        assert {sql: rows(path, sql) for sql in expected} == expected


def test_leads_and_users_go_from_models_too(folder, run):
    assert run("l1")[0] == run("u1")[0] == 0
    published = folder / publishing.PUBLISHED_NAME
    models = "from models.fit_lead_families"
    assert rows(published, f"select out_of_fold {models}") == [[{"lead_id": "l2", "score": 2}]]
    encoder = [{"feature": "l1", "category": PERSON}]
    assert rows(published, f"select encoder {models}") == [encoder]
    assert rows(published, "from models.recommender_user_weights") == [("u2", "u3")]
    factors = "select entity_id from models.recommender_factors where entity = 'user'"
    assert rows(published, factors) == ["u2"]


@pytest.mark.parametrize("form", [f"{PERSON}.0", f" {PERSON}\t", f"\xa0{PERSON}."])
def test_the_form_of_the_id_does_not_matter(folder, run, form):
    published = folder / publishing.PUBLISHED_NAME
    with duckdb.connect(published) as connection:
        connection.execute(
            "insert into segmentation.mall_customers values (?, 1), (?, 2)",
            [f"{PERSON}.0", f"{PERSON}.5"],
        )
    assert run(form, "mall")[0] == 0
    customers = rows(published, "select customer_id from segmentation.mall_customers")
    assert customers == [OTHER, f"{PERSON}.5"]


def test_a_key_of_several_sources_asks_which(folder, run):
    before = contents(folder)
    code, _, error = run(PERSON)
    assert code == 1
    assert "mall and retail" in error
    assert "SOURCE=mall or SOURCE=retail or SOURCE=all" in error
    assert len(error.splitlines()) == 1
    assert {path: data for path, data in contents(folder).items() if data} == before
    assert run(PERSON, "all")[0] == 0
    published = folder / publishing.PUBLISHED_NAME
    assert rows(published, "select customer_id from segmentation.customer_segments") == [OTHER]
    assert run(OTHER)[0] == 0
    assert rows(published, "select customer_id from segmentation.customer_segments") == []


def test_once_forgotten_in_one_source_the_other_one_is_not_guessed(folder, run):
    assert run(PERSON, "mall")[0] == 0
    code, _, error = run(PERSON)
    assert code == 1
    assert "mall and retail" in error


def test_forgetting_again_says_so(folder, run):
    run(PERSON, "mall")
    code, output, _ = run(PERSON, "mall")
    assert code == 0
    assert "Already forgotten in mall." in output


def test_what_an_error_interrupted_is_done_by_the_next_run(folder, run, monkeypatch):
    published = folder / publishing.PUBLISHED_NAME
    replace = os.replace

    def full(source: Path, target: Path) -> None:
        if target == published:
            raise OSError(28, "No space left on device")
        replace(source, target)

    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", full)
        code, _, error = run(OTHER)
    assert code == 1
    assert error.startswith("Not forgotten everywhere: ")
    assert error.endswith("Mend it and run this again.")
    assert forgetting.read_forgotten(folder).holds("mall", OTHER)
    assert run(OTHER)[0] == 0
    for path in forgetting.warehouse_files(folder):
        assert OTHER not in rows(path, "select customer_id from segmentation.mall_customers")
    assert not (folder / publishing.NEXT_NAME).exists()


def test_an_id_that_is_nowhere_is_an_error(folder, run):
    before = contents(folder)
    code, _, error = run("4711")
    assert code == 1
    assert error.startswith("Nobody was forgotten: nothing that is published or kept")
    assert {path: data for path, data in contents(folder).items() if data} == before
    code, _, error = run("4711", "leads")
    assert code == 1
    assert error.endswith("From now on builds leave it out of leads.")
    code, _, error = run(OTHER, "leads")
    assert code == 1
    assert "SOURCE=mall has this id" in error
    assert forgetting.read_forgotten(folder).holds("leads", "4711")
    untouched = {path: data for path, data in before.items() if path.suffix == ".duckdb"}
    assert untouched.items() <= contents(folder).items()


def test_what_is_no_warehouse_stays_as_it_is(tmp_path, run):
    empty, missing = tmp_path / "empty", tmp_path / "missing"
    empty.mkdir()
    for elsewhere in (empty, missing):
        code, _, error = run(PERSON, "mall", elsewhere)
        assert code == 1
        assert f"nothing is published in {elsewhere}; set WAREHOUSE_DIR." in error
    assert list(empty.iterdir()) == []
    assert not missing.exists()


@pytest.mark.parametrize(
    ("person", "source", "said"),
    [
        ("\t ", None, "say whom"),
        (PERSON, "shop", "SOURCE=shop is no source: use ecommerce, leads, mall, ratings, retail"),
    ],
)
def test_what_cannot_be_meant_is_one_line(folder, run, person, source, said):
    code, _, error = run(person, source)
    assert code == 1
    assert said in error
    assert len(error.splitlines()) == 1


def test_a_broken_generation_stops_before_anything_is_changed(folder, run):
    (kept,) = (folder / "generations").iterdir()
    kept.write_bytes(b"no database")
    before = contents(folder)
    code, _, error = run(PERSON, "mall")
    assert code == 1
    assert f"{kept} is broken" in error
    assert "Move it out of the warehouse" in error
    assert len(error.splitlines()) == 1
    assert {path: data for path, data in contents(folder).items() if data} == before


def test_no_file_below_the_warehouse_holds_the_id(tmp_path, run):
    folder = tmp_path / "of_people_only"
    people = ("monitoring.", "segmentation.customer", "segmentation.mall", "segmentation.retail")
    write_warehouse(folder, {n: text for n, text in TABLES.items() if n.startswith(people)})
    shutil.copy(folder / publishing.PUBLISHED_NAME, folder / "build.duckdb")
    sets = folder / publishing.PARQUET_NAME
    for path in forgetting.warehouse_files(folder):
        publishing.parquet_sets.write(path, sets, publishing.generation_of(path))
    publishing.parquet_sets.serve(sets, GENERATIONS[1])
    left = [
        "build.duckdb.wal",
        "build.duckdb.tmp/duckdb_temp_storage-0.tmp",
        "customer_analytics.duckdb.tmp/spilled",
        "customer_analytics.next.duckdb",
        "customer_analytics.next.duckdb.wal",
        "customer_analytics.next.duckdb.tmp/spilled",
        "generations/20260101T020000.000000Z.duckdb.tmp/spilled",
        "parquet/next/segmentation/mall_customers.parquet",
        f"parquet/{GENERATIONS[0]}.next/segmentation/mall_customers.parquet",
        "parquet/20251231T020000.000000Z/segmentation/mall_customers.parquet",
        "forgotten.csv.next",
        "forgotten.key.next",
    ]
    for name in left:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(PERSON)
    holding = [path for path, data in contents(folder).items() if PERSON.encode() in data]
    assert set(forgetting.warehouse_files(folder)) <= set(holding)
    assert run(PERSON, "all", folder)[0] == 0
    assert [str(path) for path, data in contents(folder).items() if PERSON.encode() in data] == []
    assert not [name for name in left if (folder / name).exists()]
    for path in forgetting.warehouse_files(folder):
        for table in ("customer_segments", "mall_customers", "retail_customers"):
            assert PERSON not in str(rows(path, f"from segmentation.{table}"))
    assert len(list(sets.rglob("*.parquet"))) == 2 * 5
    for path in sets.rglob("*.parquet"):
        assert PERSON not in str(duckdb.execute(f"from '{path}'").fetchall())


def test_what_is_no_part_of_the_warehouse_is_named(folder, run):
    (folder / "copy of friday.duckdb").write_text(PERSON)
    _, output, _ = run(PERSON, "mall")
    assert f"Not looked into: {folder / 'copy of friday.duckdb'}\n" in output


def test_digests_need_a_key_that_only_the_owner_reads(folder, run):
    run(PERSON, "mall")
    listed, key = folder / "forgotten.csv", folder / "forgotten.key"
    assert [path.stat().st_mode & 0o777 for path in (listed, key)] == [0o600, 0o600]
    published = folder / publishing.PUBLISHED_NAME
    for plain in (PERSON, f"mall\0{PERSON}"):
        for name in ("sha256", "md5", "sha1", "blake2b"):
            tried = hashlib.new(name, plain.encode()).hexdigest()
            assert tried[:12] not in listed.read_text() + published.read_bytes().decode("latin-1")
    secret = bytes.fromhex(key.read_text())
    expected = hashlib.blake2b(f"mall\0{PERSON}".encode(), key=secret, digest_size=32).hexdigest()
    assert listed.read_text() == f"kind,source,digest\nblake2b,mall,{expected}\n"
    run(OTHER, "mall")
    assert bytes.fromhex(key.read_text()) == secret
    assert len(listed.read_text().splitlines()) == 3


def test_the_mode_of_a_file_survives(folder, run):
    published = folder / publishing.PUBLISHED_NAME
    published.chmod(0o640)
    run(PERSON, "mall")
    assert published.stat().st_mode & 0o777 == 0o440


def test_changes_that_a_client_left_do_not_come_into_the_new_file(folder, run):
    published = folder / publishing.PUBLISHED_NAME
    published.chmod(0o644)
    code = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]);"
        "c.execute('delete from monitoring.build_info'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, published], check=False)
    assert list(folder.glob("*.wal"))
    assert run(PERSON, "mall")[0] == 0
    assert not list(folder.glob("*.wal"))
    assert publishing.generation_of(published) == GENERATIONS[1]


def test_digests_of_the_first_version_go_on(folder, run):
    old = hashlib.sha256(OTHER.encode()).hexdigest()
    (folder / "forgotten.csv").write_text(f"sha256\n{old}\n")
    forgotten = forgetting.read_forgotten(folder)
    assert all(forgotten.holds(source, f"{OTHER}.0") for source in ("mall", "leads"))
    assert not forgotten.holds("mall", PERSON)
    assert run(PERSON, "mall")[0] == 0
    forgotten = forgetting.read_forgotten(folder)
    assert forgotten.holds("leads", OTHER)
    assert forgotten.holds("mall", PERSON)
    assert not forgotten.holds("retail", PERSON)


def test_what_the_first_version_published_of_a_digest_goes(folder, run):
    mark = f"(forgotten {hashlib.sha256(b'1').hexdigest()[:12]})"
    published = folder / publishing.PUBLISHED_NAME
    with duckdb.connect(published) as connection:
        for change in (
            "update models.fit_mall_segments set customer_ids = [$mark, 'a', 'b']",
            "insert into segmentation.customer_segments values ('mall', $mark)",
            "insert into monitoring.rejected_rows values ('mall', $mark)",
        ):
            connection.execute(change, {"mark": mark})
    assert run(PERSON, "mall")[0] == 0
    for table in (
        "models.fit_mall_segments",
        "segmentation.customer_segments",
        "monitoring.rejected_rows",
    ):
        assert mark not in str(rows(published, f"from {table}"))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("forgotten.key", None, "forgotten.key is missing or broken"),
        ("forgotten.key", "", "forgotten.key is missing or broken"),
        ("forgotten.csv", "", "forgotten.csv is not as make forget writes it"),
        ("forgotten.csv", "kind,source,digest\nblake2b,mall", "is not as make forget writes it"),
    ],
)
def test_without_key_or_list_builds_and_forgetting_stop(folder, run, name, text, said):
    run(PERSON, "mall")
    (folder / name).unlink()
    if text is not None:
        (folder / name).write_text(text)
    assert said in run(OTHER, "mall")[2]
    reply = ask(folder, TYPED_ROWS)
    assert said in json.loads(reply)["error"]


MEANING = {"built_on": "2026-11-26"}
TYPED = {"source": "mall", "relation": "raw_rows", "category_map": "m", "meaning": MEANING}
TYPED_ROWS = f"select typed_rows('{json.dumps(TYPED)}')"


def ask(folder: Path, sql: str) -> object:
    """Return what a build in the folder is told."""
    plugin = Plugin.__new__(Plugin)
    plugin.folder = folder
    with duckdb.connect() as connection:
        plugin.configure_connection(connection)
        return connection.execute(sql).fetchone()[0]


def test_builds_know_who_was_forgotten(folder, run):
    looked_for = "is_forgotten('mall', \"customer_id as text\")"
    assert looked_for not in json.loads(ask(folder, TYPED_ROWS))["answer"]
    run(PERSON, "mall")
    assert looked_for in json.loads(ask(folder, TYPED_ROWS))["answer"]
    told = ask(
        folder,
        "select list(is_forgotten(source, id)) from (values"
        f" ('mall', '{PERSON}'), ('mall', '{PERSON}.0'), ('mall', '{OTHER}'), ('mall', null),"
        f" ('retail', '{PERSON}')) as t (source, id)",
    )
    assert told == [True, True, False, None, False]
    told = ask(
        folder,
        f"select list(is_forgotten_line('mall', line)) from (values ('{PERSON};\"x'), (null),"
        f" ('{OTHER};\"{PERSON}1'), ('\"')) as t (line)",
    )
    assert told == [True, None, False, False]


@pytest.mark.parametrize(
    "line",
    [
        "9999,Male,x",
        "Male; 9999.0 ;x",
        'Male\t"9999"\t x',
        'Male, " 9999",x',
        "Male,\xa09999\xa0,x",
        '9999,"Fe"male,x',
        '"9999,Female',
        '{"a":9999.0}',
        '{"a":[{"b":9999}]}',
        '{"a":" 9999"}',
    ],
)
def test_an_id_is_found_in_every_form_of_a_line(line):
    forgotten = forgetting.Forgotten(
        b"k" * 32, frozenset({("blake2b", "mall", forgetting.digester(b"k" * 32, "mall")("9999"))})
    )
    assert forgotten.holds_line("mall", line)
    assert not forgotten.holds_line("mall", line.replace("9999", "99991"))
    assert not forgotten.holds_line("leads", line)


def test_a_line_of_brackets_names_nobody():
    assert forgetting.fields_of("[" * 100_000) == ["[" * 100_000]


@pytest.mark.parametrize("person", ['say "hi"', "a;b,c", "Zoë ☃", "a\\b'c", "'; drop table t; --"])
def test_ids_with_special_characters_are_found_as_csv_and_json_write_them(person):
    quoted = person.replace('"', '""')
    as_latin_1 = f"{person},\x80".encode("utf-8", "surrogatepass").decode("latin-1")
    for line in (
        f'"{quoted}",Male,x',
        f'x;"{quoted}"',
        json.dumps({"a": person}),
        json.dumps({"a": person}, ensure_ascii=False),
        *([as_latin_1] if "," not in person and ";" not in person and '"' not in person else []),
    ):
        assert person in forgetting.fields_of(line), line


def test_ids_are_normalised_by_one_rule():
    forms = pa.array(["17850.0", " 17850", "17850\xa0", "0017", "1.5", "A1.0", "-3.00", None, ""])
    expected = ["17850", "17850", "17850", "0017", "1.5", "A1.0", "-3", None, ""]
    assert forgetting.normalised(forms).to_pylist() == expected


def test_intake_gives_ids_in_the_form_in_which_they_are_compared(folder):
    text = " \t17850\xa0"
    ids = ask(
        folder,
        "select [raw.main.number_as_text(n), n::varchar, n::float::varchar]"
        " from (select 17850.0::double as n)",
    )
    trimmed = text.strip(fields.BLANKS)
    assert [trimmed, ids[0]] == ["17850", "17850"]
    assert forgetting.normalised(pa.array([text, *ids])).to_pylist() == ["17850"] * 4


def test_every_source_says_which_raw_column_holds_its_people():
    expected = ["ecommerce", "leads", "mall", "ratings", "retail"]
    assert forgetting.sources_of_people() == expected


# ---- tables that declare their columns --------------------------------------------------------
# No name in them is one of those by which older generations are understood.
DECLARED = {
    "segmentation.visits": (
        f"from (values ('{PERSON}', 1), ('{OTHER}', 2), (null, 3)) as t (visitor_id, visit)",
        ["mall"],
        {"visitor_id": {"person": True}},
    ),
    "sales.baskets": (
        f"from (values ('mall', '{PERSON}', '{OTHER}'), ('mall', '{OTHER}', '{PERSON}'),"
        f" ('mall', '{OTHER}', '{OTHER}'), ('retail', '{PERSON}', '{PERSON}'),"
        f" (null, '{PERSON}', '{PERSON}')) as t (shop, buyer, giver)",
        [],
        {"shop": {"source": True}, "buyer": {"person": True}, "giver": {"person": ["mall"]}},
    ),
    "sales.mall_products": (
        f"from (values ('{PERSON}')) as t (customer_id)",
        [],
        {"customer_id": {"person": False}},
    ),
    "sales.sources": (
        f"from (values ('mall', '{PERSON}')) as t (source, visitor_id)",
        ["retail"],
        {"source": {}, "visitor_id": {"person": True}},
    ),
    "models.factors": (
        f"from (values ('visitor', '{PERSON}'), ('product', '{PERSON}'), (null, '{PERSON}'))"
        " as t (kind, name)",
        ["mall"],
        {"name": {"person": True, "when": {"kind": "visitor"}}},
    ),
    "models.fits": (
        f"select ['{OTHER}', '{PERSON}'] as visitors, ['{PERSON}'] as words,"
        f" [{{'labels': [10, 20], 'name': '{PERSON}'}}] as solutions,"
        f" [{{'visitor': '{PERSON}', 'score': 1}}, {{'visitor': '{OTHER}', 'score': 2}}] as scores",
        ["mall"],
        {
            "visitors": {"person": True, "parallel": {"solutions": "labels"}},
            "scores": {"person": True, "field": "visitor"},
        },
    ),
    "monitoring.broken_lines": (
        f"from (values ('mall', '{PERSON};x'), ('retail', '{PERSON};x')) as t (shop, line)",
        [],
        {"shop": {"source": True}, "line": {"raw_row": True}},
    ),
}


def write_declared(folder: Path) -> Path:
    said = [
        (*name.split("."), column, sources, json.dumps(declared))
        for name, (_, sources, columns) in DECLARED.items()
        for column, declared in columns.items()
    ]
    rows_of_said = ", ".join(
        f"('{schema}', '{table}', '{column}', {sources}::varchar[], '{text}')"
        for schema, table, column, sources, text in said
    )
    tables = {name: sql for name, (sql, _, _) in DECLARED.items()}
    tables["monitoring.build_info"] = TABLES["monitoring.build_info"]
    tables["monitoring.published_columns"] = (
        f"from (values {rows_of_said})"
        " as t (schema_name, table_name, column_name, sources, declared)"
    )
    # Of an older generation: its names say it.
    tables["segmentation.mall_customers"] = TABLES["segmentation.mall_customers"]
    write(folder / publishing.PUBLISHED_NAME, tables)
    return folder / publishing.PUBLISHED_NAME


def test_a_person_goes_from_every_table_that_declares_where_people_are(tmp_path, run):
    published = write_declared(tmp_path)
    code, output, error = run(PERSON, "mall", tmp_path)
    assert (code, error) == (0, "")
    assert f"{published}: 5 rows removed, 2 rows masked" in output
    left = {
        "select visit from segmentation.visits": [2, 3],
        "select shop from sales.baskets": ["mall", "retail", None],
        "select customer_id from sales.mall_products": [PERSON],
        "select visitor_id from sales.sources": [PERSON],
        "select kind from models.factors order by all": ["product", None],
        "select visitors from models.fits": [[OTHER]],
        "select words from models.fits": [[PERSON]],
        "select solutions from models.fits": [[{"labels": [10], "name": PERSON}]],
        "select scores from models.fits": [[{"visitor": OTHER, "score": 2}]],
        "select line from monitoring.broken_lines": ["(forgotten)", f"{PERSON};x"],
        "select customer_id from segmentation.mall_customers": [OTHER],
    }
    assert {sql: rows(published, sql) for sql in left} == left
    declared = "select count(*) from monitoring.published_columns"
    assert rows(published, declared) == [sum(len(columns) for _, _, columns in DECLARED.values())]


def test_a_key_that_is_declared_is_found_without_its_source(tmp_path, run):
    write_declared(tmp_path)
    code, _, error = run(PERSON, None, tmp_path)
    assert code == 1
    assert "people of mall and retail have this id" in error


@pytest.mark.parametrize(
    ("column", "data_type", "meta", "is_said"),
    [
        ("visitor_id", "varchar", {}, True),
        ("visitor_id", None, {}, True),
        ("email", "varchar", {}, True),
        ("account_key", "bigint", {}, True),
        ("scores", "struct(visitor_id varchar, score double)[]", {}, True),
        ("visitor_id", "varchar", {"person": False}, False),
        ("visitor_id", "varchar", {"person": "mall"}, False),
        ("scores", "struct(product_id varchar, score double)[]", {}, False),
        ("scores", "struct(visitor_id varchar)[]", {"person": True, "field": "visitor_id"}, False),
        # Declared once for all tables.
        ("customer_id", "varchar", {}, False),
        ("model_run_id", "varchar", {}, False),
        ("paid", "boolean", {}, False),
    ],
)
def test_a_column_that_may_hold_people_and_says_nothing_is_named(column, data_type, meta, is_said):
    table = {
        "schema": "segmentation",
        "name": "visits",
        "columns": [{"name": column, "data_type": data_type, "meta": meta}],
    }
    problems = people.undeclared(json.dumps([table]))
    assert len(problems) == is_said
    assert all(
        problem.startswith(f"visits.{column} may hold keys of people") for problem in problems
    )
