"""Every analysis is a question in plain SQL that the published file answers, in old clients too."""

import json
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from conftest import ROOT

OLD = "1.2.2"
ANALYSES = {
    str(path.relative_to(ROOT / "analyses")): path.read_text()
    for path in sorted((ROOT / "analyses").rglob("*.sql"))
}
# Runs queries as a client would who has nothing but DuckDB and the file, and prints what came.
CLIENT = """
import duckdb, json, sys
answers = {}
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    # On a busy machine 1.2 draws one into what is printed.
    connection.execute("set enable_progress_bar = false")
    for name, query in json.load(sys.stdin).items():
        try:
            answers[name] = connection.execute(query).fetchall()
        except duckdb.Error as error:
            answers[name] = str(error)
json.dump([duckdb.__version__, answers], sys.stdout, default=str)
"""


@pytest.fixture(scope="module")
def old_python(tmp_path_factory) -> Path:
    """Return the Python of an environment with the oldest DuckDB that must read the file."""
    folder = tmp_path_factory.mktemp("old")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    install = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", f"duckdb=={OLD}"],
        capture_output=True,
        text=True,
    )
    if install.returncode:
        pytest.skip(f"duckdb {OLD} cannot be installed here: {install.stderr.strip()[-200:]}")
    return python


def asked(python: Path | str, published: Path, queries: dict[str, str]) -> tuple[str, dict]:
    """Return the version of a client and what it answers: rows, or the text of an error."""
    run = subprocess.run(
        [python, "-c", CLIENT, published], input=json.dumps(queries), capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return tuple(json.loads(run.stdout))


def is_question(text: str) -> bool:
    first = text.partition("\n")[0]
    return first.startswith("-- ") and "?" in first


def may_be_empty(text: str) -> bool:
    """Return whether the comment above the query says when it has no row."""
    comment = [line for line in text.splitlines() if line.startswith("-- ")]
    return "No row" in " ".join(comment)


def test_every_analysis_begins_with_its_question_and_is_plain_sql():
    assert [name for name, text in ANALYSES.items() if not is_question(text)] == []
    assert [name for name, text in ANALYSES.items() if "{{" in text or "{%" in text] == []


def test_the_questions_of_the_readme_are_there():
    readme = (ROOT / "README.md").read_text()
    named = re.findall(r"`(?:analyses/)?((?:\w+/)+\w+\.sql)`", readme)
    assert len(named) >= 15
    assert [name for name in named if name not in ANALYSES] == []


@pytest.mark.parametrize("area", ["segmentation", "propensity", "recommendations", "sales"])
def test_an_area_has_at_least_twelve_questions(area):
    assert len([name for name in ANALYSES if name.startswith(f"{area}/")]) >= 12


@pytest.mark.parametrize(
    "build", ["sample_build", pytest.param("real_build", marks=pytest.mark.slow)]
)
def test_every_analysis_answers_in_a_client_of_today_and_in_an_old_one(request, build, old_python):
    published = request.getfixturevalue(build).published
    _, answers = asked(sys.executable, published, ANALYSES)
    old, answers_before = asked(old_python, published, ANALYSES)
    assert old == OLD
    assert {name: said for name, said in answers.items() if isinstance(said, str)} == {}
    empty = [name for name, rows in answers.items() if not rows]
    assert [name for name in empty if not may_be_empty(ANALYSES[name])] == []
    different = [name for name in ANALYSES if answers[name] != answers_before[name]]
    assert {name: answers_before[name] for name in different} == {}


def test_an_old_client_reads_every_table(sample_build, old_python):
    tables = sample_build.query("select schema_name, table_name from duckdb_tables()")
    queries = {f"{s}.{t}": f'from "{s}"."{t}" limit 1000' for s, t in tables}
    _, answers = asked(old_python, sample_build.published, queries)
    assert len(answers) == len(tables) > 0
    assert {name: said for name, said in answers.items() if isinstance(said, str)} == {}
