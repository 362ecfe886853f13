"""Keys and conditions that YAML declares stop the build, whatever holds the rows."""

import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import DBT, ROOT

ROWS = (
    "select * from (values ('a', 1, 5), ('a', 1, 6), ('b', null, 7)) as rows (word, number, size)"
)
TYPES = {"word": "varchar", "number": "integer", "size": "integer"}
PYTHON = f"def model(dbt, session):\n    return session.sql({ROWS!r})\n"
VIEWS = ("seen", "sound_view")
KEY = {"type": "primary_key", "columns": ["word", "number"]}
SIZE = {"type": "check", "expression": "size < 7"}


def declared(
    name: str, *constraints: dict, contract: bool = False, types: dict = TYPES, **columns: dict
) -> dict:
    """Return the YAML of a model, with constraints of its own and of its columns."""
    return {
        "name": name,
        "config": {"contract": {"enforced": contract}},
        "constraints": list(constraints),
        "columns": [
            {"name": column, "data_type": kind, "constraints": columns.get(column, [])}
            for column, kind in types.items()
        ],
    }


UNIQUE_SIZE = {"size": [{"type": "unique"}, {"type": "not_null"}]}
BROKEN = {
    "contracted": (
        declared("contracted", KEY, contract=True),
        # DuckDB holds that a key of a contract is not null, and comes first.
        "NOT NULL constraint failed: contracted.number",
    ),
    "of_one_column": (
        declared("of_one_column", contract=True, word=[{"type": "primary_key"}]),
        "main.of_one_column: the primary key (word) is (a) in 2 rows;",
    ),
    "without_contract": (
        declared("without_contract", word=[{"type": "unique"}]),
        "main.without_contract: the unique key (word) is (a) in 2 rows;",
    ),
    "checked_by_duckdb": (
        declared("checked_by_duckdb", SIZE, contract=True),
        "CHECK constraint failed",
    ),
    "checked": (
        declared("checked", SIZE),
        "main.checked: 1 of 3 rows break its constraint: size < 7.",
    ),
    "with_null": (
        declared("with_null", number=[{"type": "not_null"}]),
        'main.with_null: 1 of 3 rows break its constraint: "number" is not null.',
    ),
    "null_in_key": (
        declared("null_in_key", {"type": "primary_key", "columns": ["size", "number"]}),
        "main.null_in_key: the primary key (size, number) is (7, null) in 1 rows;",
    ),
    "seen": (
        declared("seen", KEY),
        "main.seen: the primary key (word, number) is (a, 1) in 2 rows;",
    ),
    "fitted": (
        declared("fitted", KEY),
        "main.fitted: the primary key (word, number) is (a, 1) in 2 rows;",
    ),
    "of_other_types": (
        declared("of_other_types", contract=True, types=TYPES | {"size": "bigint"}),
        "| size        | INTEGER         | BIGINT        | data type mismatch |",
    ),
    "words": (
        declared("words", word=[{"type": "primary_key"}], number=[{"type": "primary_key"}]),
        "main.words: the primary key (word, number) is (a, 1) in 2 rows;",
    ),
}
SOUND = {
    "sound": declared("sound", contract=True, **UNIQUE_SIZE),
    "sound_view": declared(
        "sound_view", {"type": "unique", "columns": ["word", "size"]}, **UNIQUE_SIZE
    ),
}


def write_project(folder: Path) -> None:
    """Write a project of these models and a seed, with our macros and our hook of seeds."""
    shutil.copytree(ROOT / "dbt_project" / "macros" / "shared", folder / "macros")
    ours = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    hook = ours["seeds"]["customer_analytics"]["+post-hook"]
    output = {"type": "duckdb", "path": str(folder / "build.duckdb")}
    found = {name: yaml_of for name, (yaml_of, _) in BROKEN.items()} | SOUND
    columns = found.pop("words")["columns"]
    for path, content in {
        "dbt_project.yml": {
            "name": "customer_analytics",
            "profile": "customer_analytics",
            "models": {"+materialized": "table"},
            "seeds": {"+post-hook": hook},
        },
        "profiles.yml": {"customer_analytics": {"target": "our", "outputs": {"our": output}}},
        "models/models.yml": {"models": [*found.values()]},
        "seeds/seeds.yml": {"seeds": [{"name": "words", "columns": columns}]},
    }.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(yaml.safe_dump(content))
    for name in found.keys() - {"fitted"}:
        view = "{{ config(materialized='view') }}\n" if name in VIEWS else ""
        (folder / "models" / f"{name}.sql").write_text(view + ROWS)
    (folder / "models" / "after.sql").write_text("select * from {{ ref('contracted') }}")
    (folder / "models" / "fitted.py").write_text(PYTHON)
    with duckdb.connect() as connection:
        connection.execute(f"copy ({ROWS}) to '{folder / 'seeds' / 'words.csv'}'")


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> subprocess.CompletedProcess:
    folder = tmp_path_factory.mktemp("constraints")
    write_project(folder)
    build = [DBT, "--no-use-colors", "build", "--profiles-dir", str(folder)]
    return subprocess.run(build, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_declared_stops_the_build_in_one_line(run, name):
    lines = [line for line in run.stdout.splitlines() if BROKEN[name][1] in line]
    assert len(lines) == 1, run.stdout
    assert "SKIP relation main.after" in run.stdout


def test_what_holds_is_built(run):
    assert run.returncode == 1
    assert "OK created sql table model main.sound " in run.stdout
    assert "OK created sql view model main.sound_view " in run.stdout
