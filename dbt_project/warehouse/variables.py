"""What a user sets, checked before anything runs: vars, against vars.yml, and the environment."""

import difflib
import json
import math
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
from dbt.clients.yaml_helper import safe_load
from jsonschema import Draft202012Validator, FormatChecker, TypeChecker, validators

from warehouse import intake, progress, tables

PROJECT = Path(__file__).parents[2]
DECLARATION = PROJECT / "dbt_project" / "vars.yml"
FORMATS = FormatChecker(formats=())


def check(on_command_line: Mapping[str, Any], environment: Mapping[str, str]) -> None:
    """Stop where a var or a setting of the environment cannot be meant.

    Parameters
    ----------
    on_command_line : mapping
        What `--vars` gives; it counts for more than `dbt_project.yml`.
    environment : mapping
        The environment variables of the process.

    Raises
    ------
    ValueError
        With one line for each of them: its name, what was given and what would do.
    """
    project = _yaml(PROJECT / "dbt_project.yml")
    problems = [*environment_problems(environment), *problems_of(given(project, on_command_line))]
    if problems:
        raise ValueError("\n".join(problems))


def given(project: Mapping[str, Any], on_command_line: Mapping[str, Any]) -> dict[str, Any]:
    """Return the vars that hold: of the project, under its own name, and of the command line."""
    of_all = dict(project.get("vars") or {})
    of_project = of_all.pop(project["name"], None) or {}
    return {**of_all, **of_project, **on_command_line}


def declaration(path: Path = DECLARATION) -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of every var, by its name."""
    return {
        name.replace("<source>", source): schema
        for name, schema in _yaml(path)["vars"].items()
        for source in (sources() if "<source>" in name else [""])
    }


def wanted(schema: Mapping[str, Any]) -> str:
    """Return what may be given for a var, in words."""
    dated = ", ".join(source for source in sources() if has_dates(source))
    words = schema["description"].replace("{dated_sources}", dated)
    return words.replace("{sources}", ", ".join(data_sets()))


def problems_of(values: Mapping[str, Any]) -> list[str]:
    """Return one line for every var that is not known or cannot be meant.

    Parameters
    ----------
    values : mapping
        Vars by name, as `given` returns them.

    Examples
    --------
    >>> problems_of({"max_rejected_share": "5%"})
    ["var max_rejected_share is '5%': give a number from 0 to 1."]
    >>> problems_of({"max_rejected_sahre": 0.1})
    ['var max_rejected_sahre is not known: did you mean max_rejected_share?']
    """
    schemas = declaration()
    unknown = [name for name in values if name not in schemas]
    problems = {name: f"var {name} is not known{_nearest(str(name), schemas)}" for name in unknown}
    for name in values.keys() - problems.keys():
        value = values[name].isoformat() if isinstance(values[name], date) else values[name]
        error = next(VarValidator(schemas[name], format_checker=FORMATS).iter_errors(value), None)
        if error is not None:
            advice = error.cause or f"give {wanted(schemas[name])}"
            problems[name] = f"var {name} is {_shown(value)}: {advice}."
    sound = {name: value for name, value in values.items() if name not in problems}
    problems |= _contradictions(sound, schemas)
    return [problems[name] for name in values if name in problems]


def environment_problems(environment: Mapping[str, str]) -> list[str]:
    """Return one line for every environment variable that dbt or DuckDB cannot use."""
    problems = []
    threads = environment.get("DBT_THREADS", "1")
    if not threads.isdecimal() or int(threads) < 1:
        problems.append(f"DBT_THREADS is {_shown(threads)}: give a whole number from 1.")
    shown = environment.get(progress.SWITCH, "1")
    if shown not in ("0", "1"):
        problems.append(f"{progress.SWITCH} is {_shown(shown)}: give 1 or 0.")
    for name, setting, words in (
        ("DUCKDB_THREADS", "threads", "a whole number from 1"),
        ("DUCKDB_MEMORY_LIMIT", "memory_limit", "a size, as 800MB or 4GB"),
    ):
        value = environment.get(name)
        try:
            if value is not None:
                duckdb.connect(config={setting: value}).close()
        except (duckdb.Error, ValueError):
            problems.append(f"{name} is {_shown(value)}: give {words}.")
    return problems


def _contradictions(
    values: Mapping[str, Any], schemas: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    problems = {}
    for name, value in values.items():
        above, beside = schemas[name].get("at_most"), schemas[name].get("below_one_with")
        if above in values and value > values[above]:
            problems[name] = (
                f"var {name} is {value}, and {above} is {values[above]}: it must not be above that."
            )
        if beside in values and value + values[beside] >= 1:
            problems[name] = (
                f"vars {name} {value} and {beside} {values[beside]}: their sum must stay below 1."
            )
        source = name.removesuffix("_date_formats")
        if source != name and not value and has_dates(source):
            problems[name] = f"var {name} is []: {source} has dates, give {wanted(schemas[name])}."
    return problems


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f": did you mean {near[0]}?" if near else ": dbt_project.yml lists those that are."


def _shown(value: Any) -> str:
    text = f"'{value}'" if isinstance(value, str) else json.dumps(value, default=str)
    return textwrap.shorten(text, 100, placeholder=" ...")


@lru_cache
def _yaml(path: Path) -> dict[str, Any]:
    return safe_load(path.read_text(encoding="utf-8"))


# ---- types: JSON Schema takes 5.0 for a whole number, and NaN for a number ------------------


def _is_integer(_: TypeChecker, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(_: TypeChecker, value: Any) -> bool:
    return _is_integer(_, value) or (isinstance(value, float) and math.isfinite(value))


VarValidator = validators.extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": _is_integer, "number": _is_number}
    ),
)


# ---- formats: those that raise say what is wrong in their own words -------------------------


@lru_cache
def sources() -> list[str]:
    """Return the sources that the project declares, by name."""
    return sorted(path.parent.name for path in intake.MODELS.glob("datasets/*/_*__sources.yml"))


def data_sets() -> list[str]:
    """Return those that may be switched on: a source that is optional comes with others."""
    return [source for source in sources() if not intake.declared_table(source)["optional"]]


def has_dates(source: str) -> bool:
    """Return whether a date or a time is declared of a source's rows."""
    return any(column["data_type"] in ("date", "timestamp") for column in _columns(source))


@lru_cache
def _columns(source: str) -> list[dict[str, Any]]:
    return intake.declared_table(source)["columns"]


@FORMATS.checks("source")
def _is_source(value: Any) -> bool:
    return value in data_sets()


@FORMATS.checks("dated_source")
def _is_dated_source(value: Any) -> bool:
    return value in sources() and has_dates(value)


@FORMATS.checks("date")
def _is_date(value: str | None) -> bool:
    try:
        return value is None or bool(datetime.strptime(value, "%Y-%m-%d"))
    except ValueError:
        return False


@FORMATS.checks("ascending")
def _is_ascending(values: list[float]) -> bool:
    return all(low < high for low, high in pairwise(values))


@FORMATS.checks("date_formats", raises=ValueError)
def _are_date_formats(formats: list[str]) -> bool:
    return all(form == "epoch" or _is_strptime(form) for form in formats)


def _is_strptime(form: str) -> bool:
    if "%" not in form:
        return False
    try:
        duckdb.execute("select try_strptime('', ?)", [form]).fetchall()
    except duckdb.InvalidInputException:
        return False
    return True


@FORMATS.checks("time_zone")
def _is_time_zone(name: str) -> bool:
    zones = "select count(*) from pg_timezone_names() where name = ?"
    ((known,),) = duckdb.execute(zones, [name]).fetchall()
    return bool(known)


@FORMATS.checks("relation")
def _is_relation(name: str | None) -> bool:
    return name is None or tables.parts_of(name) is not None


@FORMATS.checks("masks", raises=ValueError)
def _are_masks(masks: dict[str, list[str] | None]) -> bool:
    for source, columns in masks.items():
        maskable = [c["name"] for c in _columns(source) if "person" not in c]
        for column in columns or []:
            if column not in maskable:
                raise ValueError(
                    f"{source} has no '{column}' to mask; it has {', '.join(maskable)}"
                )
    return True


@FORMATS.checks("condition", raises=ValueError)
def _is_condition(condition: str) -> bool:
    ((parsed,),) = duckdb.execute(
        "select json_serialize_sql(?)", [f"select coalesce({condition}, false)"]
    ).fetchall()
    parsed = json.loads(parsed)
    if parsed["error"]:
        raise ValueError(f"{parsed['error_message']}; give a condition in SQL")
    known = _lead_columns()
    for column in _referenced_columns(parsed):
        if column.lower() not in known:
            raise ValueError(f"leads_features has no '{column}'; it has {', '.join(known)}")
    return True


def _lead_columns() -> list[str]:
    models = _yaml(intake.MODELS / "datasets" / "leads" / "_leads_features__models.yml")["models"]
    (features,) = (model for model in models if model["name"] == "leads_features")
    return [column["name"] for column in features["columns"]]


def _referenced_columns(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        if tree.get("class") == "COLUMN_REF":
            yield tree["column_names"][-1]
        tree = list(tree.values())
    if isinstance(tree, list):
        for part in tree:
            yield from _referenced_columns(part)
