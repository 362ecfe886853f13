"""The SQL that runs on both engines: what Spark takes for something else without a word."""

import functools
import re
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

MODELS = ROOT / "dbt_project" / "models"
DATE = r"\w*(?:_on|_date|_day|today|tonight|known_until)"
# What each is on Spark, and what to write.
SILENT = {
    rf"\b{DATE}\)? - (?:\w+\()?(?:\w+\.)?{DATE}\b": "date - date is an interval: days_between()",
    r"(?<=[\w)\]])\[(?![\]'])": "subscripts count from 0: element()",
    r"\bunnest\(": "two side by side multiply: fields_of(), elements_of(), paired_elements()",
    r"\b(?:list|array_agg|collect_list)\(": "lists lose their order and nulls: ordered_list()",
    r"/ [^,\n]*\)::(?:integer|int|bigint)\b": "a cast cuts off and does not round: round()",
    r"(?<![\w.])\d+\.\d+(?!\d|::double| and| then)(?= [*/]|\))|[*/] \d+\.\d+(?!\d|::double)": (
        "arithmetic with a decimal keeps few digits: ::double"
    ),
    r" // ": "there is no whole division of this name: floor()",
    r"regexp\w*\([^\n]*\\": "backslashes of regular expressions are lost: [.], [0-9]",
}
LOUD = {
    r"::varchar\b": "::string",
    r"\*\*": "power()",
    r"->>": "json_text()",
    r"\blambda\b": "a macro of macros/engines",
    r"(?<![{(])\{ ?'": "struct_of()",
    r"filter \(where [^\n]*\) over": "case when",
    r"\* (?:exclude|replace)\b": "the columns by name",
    r"infinity": "a day that is early or late enough",
}


def read(path: Path) -> dict:
    """Return what a YAML file says, by the parser in C where there is one."""
    return yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def declared_on_spark() -> set[str]:
    """Return the models that dbt_project.yml and the YAML of data sets tag with `spark`."""
    found: set[str] = set()

    def collect(settings: dict, folder: Path) -> None:
        for name, below in settings.items():
            if not isinstance(below, dict):
                continue
            path = folder / name
            if "spark" in str(below.get("+tags", "")):
                found.update(
                    file.stem for file in path.rglob("*.sql")
                ) if path.is_dir() else found.add(name)
            collect(below, path)

    project = read(ROOT / "dbt_project.yml")
    collect(project["models"]["customer_analytics"], MODELS)
    for path in (MODELS / "datasets").rglob("_*.yml"):
        for model in read(path).get("models", []):
            if "spark" in model.get("config", {}).get("tags", []):
                found.add(model["name"])
    return found


def files() -> dict[str, Path]:
    return {path.stem: path for path in MODELS.rglob("*.sql")}


@functools.cache
def nullable_columns() -> set[str]:
    """Return the names that a contract somewhere lets be null."""
    found = set()
    for path in MODELS.rglob("_*.yml"):
        for model in read(path).get("models", []):
            if not (model.get("config") or {}).get("contract"):
                continue
            keys = {
                name for each in model.get("constraints", []) for name in each.get("columns", [])
            }
            for column in model.get("columns", []):
                kinds = {each["type"] for each in column.get("constraints") or []}
                if column["name"] not in keys and not kinds & {"not_null", "primary_key"}:
                    found.add(column["name"])
    return found


def faults(sql: str, nullable: set[str]) -> list[str]:
    """Return what Spark would take for something else, or not take, in the SQL of a model."""
    code = re.sub(r"--.*|\{#.*?#\}", "", sql)
    found = []
    for pattern, said in {**SILENT, **LOUD}.items():
        # What Jinja writes is its own; texts inside it are SQL.
        for hit in re.finditer(pattern, code):
            found.append(f"{hit.group().strip()}: {said}")
    for hit in re.finditer(r"\bmax_by\((?:\w+\.)?(\w+),[^\n]*(?:\n +filter.*)?", code):
        if hit[1] in nullable and "filter (where" not in hit.group():
            found.append(f"max_by({hit[1]}): takes a null: filter (where {hit[1]} is not null)")
    for window in re.finditer(r"\border by\s+(.*?)(?:\)|rows |$)", _body(code), re.DOTALL):
        for item in window.group(1).split(","):
            column = re.fullmatch(r"\s*(?:\w+\.)?(\w+)(?: asc)?\s*", item)
            if column and column[1] in nullable and f"{column[1]} is not null" not in code:
                found.append(f"order by {column[1]}: nulls come first: nulls last")
    return found


def _body(code: str) -> str:
    """Leave out the order of the rows of a whole table, which no engine keeps."""
    return re.sub(r"\norder by .*\Z", "", code, flags=re.DOTALL)


@pytest.mark.parametrize("model", sorted(declared_on_spark()))
def test_a_model_of_the_selector_says_the_same_on_both_engines(model):
    found = faults(files()[model].read_text(), nullable_columns())
    assert found == []


@pytest.mark.parametrize("query", sorted((ROOT / "spark").glob("*.sql")))
def test_a_query_beside_the_models_says_the_same_on_both_engines(query):
    assert faults(query.read_text(), nullable_columns()) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select as_of_date - max(orders.ordered_on) as age",
        "select nearest[1] as first",
        "select unnest(a), unnest(b)",
        "select list(x order by y) as values",
        "select (a / b)::integer as n",
        "select months * 30.4375 / tenure",
        "select a // b as n",
        r"select regexp_replace(x, '\.0$', '')",
        "select max_by(country, (amount, country)) as country",
        "select row_number() over (partition by id order by description) as n",
        "select x::varchar as text",
        "select params ->> 'a' as a",
        "select { 'a': 1 } as s",
    ],
)
def test_what_differs_silently_is_found(sql):
    assert faults(sql, {"description", "country"})


def test_a_view_that_computes_spreads_its_rows_before_they_are_joined():
    """Spark would compute a lead's vector anew for each of the trees that it meets."""
    models = files()
    computing = [
        sql
        for sql in (models[model].read_text() for model in declared_on_spark())
        if "/*+ broadcast(" in sql and "materialized='view'" in sql
    ]
    assert computing
    assert all("select /*+ repartition */" in sql for sql in computing)


def test_models_are_found_where_they_are_tagged():
    models = declared_on_spark()
    assert {"mall_features", "propensity_scores", "propensity_vectors"} <= models <= files().keys()


def test_what_is_dispatched_is_spelt_for_both_engines():
    """A macro without a spelling for Spark stops dbt while it parses, whatever is selected."""
    macros = "\n".join(
        path.read_text() for path in (ROOT / "dbt_project" / "macros").rglob("*.sql")
    )
    dispatched = set(re.findall(r"adapter\.dispatch\('(\w+)', 'customer_analytics'\)", macros))
    spelt = set(re.findall(r"macro ((?:duckdb|spark)__\w+)\(", macros))
    assert {f"{engine}__{name}" for name in dispatched for engine in ("duckdb", "spark")} <= spelt
    assert len(dispatched) > 20


def test_a_database_is_named_where_duckdb_runs_alone():
    """On Spark a source has none, and one that names it stops dbt while it parses."""
    named = [
        source["database"]
        for path in MODELS.rglob("*__sources.yml")
        for source in read(path)["sources"]
        if "database" in source
    ]
    assert named
    assert [name for name in named if "if target.type == 'duckdb'" not in name] == []
