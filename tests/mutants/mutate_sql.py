"""Flip one operator at a time in the SQL of models, and see whether their unit tests notice.

.venv/bin/python tests/mutants/mutate_sql.py [model ...]

dbt runs a unit test as one query: fixtures, the model's SQL, the expected rows. That query is
taken from dbt's target folder, changed in the model's part and run again in DuckDB, which takes
milliseconds where dbt takes seconds. Without arguments every model that has unit tests is mutated.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Timer

import duckdb
import yaml

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "dbt_project"))
from warehouse.raw_rows import RawRows  # noqa: E402

EQUIVALENT = Path(__file__).with_name("equivalent_sql.yml")
SECONDS = 10
# Casts and rules that the plugin writes from YAML are the same SQL in every source: one of them is
# changed.
GENERATED_ALIKE = re.compile(r"checked_(?!mall__)")
# What the plugin adds to DuckDB beside raw rows, as unit tests see it: their rows are in no file.
FUNCTIONS = {
    "code_version()": "'code'",
    "schema_version()": "1",
    "decimal_of(source, file, name, is_shown)": "'point'",
}
# A quoted text or a comment is skipped; whatever else matches is replaced.
SKIPPED = r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/"
FLIPS = {
    ">=": ">",
    "<=": "<",
    ">": ">=",
    "<": "<=",
    "!=": "=",
    "=": "!=",
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "and": "or",
    "or": "and",
    "is null": "is not null",
    "is not null": "is null",
    "not in": "in",
    "min": "max",
    "max": "min",
    "least": "greatest",
    "greatest": "least",
    "asc": "desc",
    "desc": "asc",
    "true": "false",
    "false": "true",
    "left join": "inner join",
    "anti join": "semi join",
}
OPERATORS = (
    r"(?<= )(?:>=|<=|!=|>|<|=|\+|-|\*|/)(?= )|\b(?:is not null|is null|not in|left join|anti join"
    r"|and|or|asc|desc|true|false)\b|\b(?:min|max|least|greatest)(?=\()"
    # Not an argument of a function, which is a number of digits or a precision, and not the 2^32 by
    # which a digest is divided: one more moves no row.
    r"|(?<![\w.(\[,])(?<!, )(?<!:= )(?!4294967296)\d+(?![\w.])"
)
TOKEN = re.compile(f"({SKIPPED})|({OPERATORS})", re.S | re.I)


def main(wanted: list[str]) -> int:
    """Print the share of mutants that were caught, per model and in all, and who survived."""
    allowed = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or {}
    caught: Counter[str] = Counter()
    total: Counter[str] = Counter()
    survivors, gone = [], []
    with tempfile.TemporaryDirectory() as target:
        for model, queries in sorted(unit_tests(Path(target), wanted).items()):
            found = survivors_of(queries)
            equivalent = {entry["change"] for entry in allowed.get(model, [])}
            left = [mutant for mutant in found if not found[mutant] and mutant not in equivalent]
            counted = len(found.keys() - equivalent)
            kind = "that the plugin writes" if model.startswith("checked_") else "of models"
            caught[kind] += counted - len(left)
            total[kind] += counted
            print(f"{model}: {counted - len(left)} of {counted}", flush=True)
            survivors += [f"{model}: {mutant}" for mutant in left]
            gone += [f"{model}: {change}" for change in equivalent if found.get(change, True)]
    print(*survivors, sep="\n")
    print(*(f"to be removed from {EQUIVALENT.name}: {each}" for each in gone), sep="\n")
    for kind in total:
        share = caught[kind] / max(total[kind], 1)
        print(f"caught {caught[kind]} of {total[kind]} ({share:.1%}) in SQL {kind}")
    return 0


def unit_tests(target: Path, wanted: list[str]) -> dict[str, list[str]]:
    """Build the sample with dbt, unit tests included, and return their queries per model."""
    selection = ["--select", *(f"+{model}" for model in wanted)] if wanted else []
    env = {**os.environ, "WAREHOUSE_DIR": str(target), "DBT_TARGET_PATH": str(target / "target")}
    dbt = Path(sys.executable).with_name("dbt")
    subprocess.run([dbt, "--quiet", "build", *selection], cwd=ROOT, env=env, check=True)
    manifest = json.loads((target / "target" / "manifest.json").read_text(encoding="utf-8"))
    queries = defaultdict(list)
    for test in manifest["unit_tests"].values():
        if GENERATED_ALIKE.match(test["model"]):
            continue
        for path in (target / "target" / "run").rglob(f"{test['name']}.sql"):
            queries[test["model"]].append(path.read_text(encoding="utf-8"))
    return queries


def survivors_of(queries: list[str]) -> dict[str, bool]:
    """Return every mutant of a model's SQL, and whether one of its unit tests fails with it."""
    for query in queries:
        if not passes(query):
            raise SystemExit(f"fails before anything is changed:\n{query}")
    changed = [list(mutants(query)) for query in queries]
    if len({len(each) for each in changed}) == 1:
        # Unit tests give vars other values: what stands at the same place is the same mutant.
        names = [name for name, _ in changed[0]]
        changed = [
            [(name, mutant) for name, (_, mutant) in zip(names, each, strict=True)]
            for each in changed
        ]
    found: dict[str, bool] = {}
    for each in changed:
        for name, mutant in each:
            found[name] = found.get(name, False) or not passes(mutant)
    return found


def mutants(query: str) -> Iterator[tuple[str, str]]:
    """Return each changed query, under a name that is the same in all unit tests of the model."""
    start, end = model_part(query)
    names: Counter[str] = Counter()
    for match in TOKEN.finditer(query, start, end):
        old = match[2]
        if old is None:
            continue
        new = str(int(old) + 1) if old.isdigit() else FLIPS[old.lower()]
        before, after = query[: match.start()][-50:], query[match.end() :][:30]
        name = " ".join(f"{before}[{old} -> {new}]{after}".split())
        names[name] += 1
        if names[name] > 1:
            name = f"{name} ({names[name]})"
        yield name, query[: match.start()] + new + query[match.end() :]


def model_part(query: str) -> tuple[int, int]:
    """Return where the model's own SQL starts and ends: after the last fixture, before its order.

    A unit test compares rows whatever their order, so that the last `order by` is left alone.
    """
    at = list(re.finditer(r"__dbt__cte__\w+ as \(", query))[-1].end()
    depth, start, end = 1, None, query.index(") _dbt_internal_unit_test_actual")
    order = end
    for match in re.compile(rf"({SKIPPED})|[()]|\b(?:select|order by)\b", re.S).finditer(query, at):
        if match.start() >= end:
            break
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0 and start is None:
            start = match.end()
        elif depth == 0 and match[0] in ("select", "order by"):
            order = match.start() if match[0] == "order by" else end
    if start is None:
        raise ValueError("the query holds no fixture")
    return start, order


@cache
def database() -> duckdb.DuckDBPyConnection:
    """Return an empty database that knows what the plugin adds to DuckDB."""
    connection = duckdb.connect()
    for function, value in FUNCTIONS.items():
        connection.execute(f"create macro {function} as {value}")
    RawRows().attach(connection)
    return connection


def passes(query: str) -> bool:
    """Return whether the actual rows are the expected ones; a query that fails or hangs is not."""
    with database().cursor() as connection:
        timer = Timer(SECONDS, connection.interrupt)
        timer.start()
        try:
            rows = connection.execute(query).fetchall()
        except duckdb.Error:
            return False
        finally:
            timer.cancel()
    actual = sorted(repr(row[:-1]) for row in rows if row[-1] == "actual")
    return actual == sorted(repr(row[:-1]) for row in rows if row[-1] == "expected")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
