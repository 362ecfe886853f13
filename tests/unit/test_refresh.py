import json
import subprocess
import sys

import pandas as pd
import pyarrow as pa
import pytest

from models_py.errors import CannotFitError
from models_py.refresh import OUTCOME, best_figure, refresh


def model(name: str, quality: float | None) -> pa.Table:
    return pa.table({"name": [name, name], "metrics": [json.dumps({"quality": quality})] * 2})


def quality_of(fit: pa.Table) -> float | None:
    return json.loads(fit["metrics"][0].as_py())["quality"]


def run(stored: pa.Table, decision: str, new: float | str | None, stored_quality=0.9):
    calls = []

    def fit(before, is_search):
        calls.append((before, is_search))
        if new == "impossible":
            raise CannotFitError("source: too few rows")
        return model("new", new)

    decided = pd.DataFrame(
        [{"decision": decision, "stored_quality": stored_quality, "max_quality_loss": 0.05}]
    )
    return refresh(decided, stored, fit, quality_of), calls


NOTHING = pa.table({"model_run_id": pa.array([], pa.string())})


@pytest.fixture
def stored() -> pa.Table:
    return run(NOTHING, "search", 0.9, None)[0].set_column(0, "name", [["old", "old"]])


def outcome(fit: pa.Table) -> tuple:
    columns = ["name", "outcome", "quality", "challenger_quality"]
    (row,) = {tuple(row.values()) for row in fit.select(columns).to_pylist()}
    return row


def test_where_nothing_is_stored_the_first_fit_serves():
    fit, calls = run(NOTHING, "search", 0.9, None)
    assert outcome(fit) == ("new", "first", 0.9, None)
    assert calls == [(None, True)]


def test_scoring_fits_nothing(stored):
    fit, calls = run(stored, "score", 0.99)
    assert outcome(fit) == ("old", "scored", 0.9, None)
    assert calls == []


@pytest.mark.parametrize(("decision", "is_search"), [("refit", False), ("search", True)])
def test_a_new_fit_that_is_not_much_worse_replaces_the_stored_one(stored, decision, is_search):
    fit, calls = run(stored, decision, 0.86)
    assert outcome(fit) == ("new", "replaced", 0.86, 0.86)
    ((before, searched),) = calls
    assert searched is is_search
    assert before.column_names == ["name", "metrics"]


def test_a_loss_that_is_just_allowed_replaces(stored):
    fit, _ = run(stored, "refit", 0.0, stored_quality=0.05)
    assert outcome(fit) == ("new", "replaced", 0.0, 0.0)


def test_a_new_fit_that_is_worse_is_kept_out(stored):
    fit, _ = run(stored, "refit", 0.84)
    assert outcome(fit) == ("old", "kept", 0.9, 0.84)


@pytest.mark.parametrize("decision", ["refit", "search"])
def test_where_no_fit_can_be_made_the_stored_one_goes_on_and_says_why(stored, decision):
    fit, _ = run(stored, decision, "impossible")
    assert outcome(fit) == ("old", "kept", 0.9, None)
    assert fit["fit_problem"].to_pylist() == ["source: too few rows"] * 2
    again, _ = run(fit, "score", None)
    assert again["fit_problem"].to_pylist() == [None] * 2


def test_where_no_fit_can_be_made_and_none_is_stored_it_says_why():
    fit, _ = run(NOTHING, "search", "impossible")
    (row,) = fit.select(OUTCOME.names).to_pylist()
    assert row["outcome"] == "impossible"
    assert row["fit_problem"] == "source: too few rows"


def test_a_fit_of_a_version_that_noted_less_is_applied(stored):
    older = stored.drop_columns(["fit_problem"])
    fit, _ = run(older, "score", None)
    assert outcome(fit) == ("old", "scored", 0.9, None)
    assert fit.column_names[-4:] == OUTCOME.names


def test_a_quality_that_is_not_defined_keeps_nothing_out(stored):
    assert outcome(run(stored, "refit", None)[0]) == ("new", "replaced", None, None)
    assert outcome(run(stored, "refit", 0.5, None)[0])[:2] == ("new", "replaced")


def test_a_stored_fit_of_other_columns_cannot_be_kept(stored):
    older = stored.rename_columns(["label", *stored.column_names[1:]])
    assert outcome(run(older, "refit", 0.1)[0])[:2] == ("new", "replaced")


def test_the_quality_of_a_fit_is_its_best_figure_where_all_are_known():
    def fit(*figures: float | None) -> pa.Table:
        return pa.table({"metrics": [json.dumps({"auc": each, "other": 9}) for each in figures]})

    assert best_figure(fit(0.7, 0.9, 0.8), "auc") == 0.9
    assert best_figure(fit(0.7, None), "auc") is None


# Each area fits what cannot be fitted: it imports what it fits with, and stops there.
CANNOT_FIT = {
    "segmentation": "refresh_segments(lambda dataset: values, specs, decision, nothing)",
    "propensity": "refresh_propensity_families(question, read, read, {}, question, nothing)",
    "recommendations": "refresh_recommenders(no_rows, specs, decision, decision, decision, {})",
    "sales": "refresh_customer_values(lambda dataset: no_rows(1, dataset), {}, decision, nothing)",
}
PREAMBLE = """
import sys
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pyarrow as pa

frame = pd.DataFrame()
specs = pd.DataFrame([{"dataset": "shop", "spec": "{}", "known_features": ["age"]}])
values = pa.table({"customer_id": ["a"], "feature": ["age"], "number_value": [30.0]})
decision = pd.DataFrame([{"dataset": "shop", "decision": "search", "stored_quality": None}])
nothing = pa.table({name: pa.array([], pa.string()) for name in ("model_run_id", "dataset")})
columns = "entities raw_label numeric flags categorical log_features is_required".split()
question = decision.assign(**dict.fromkeys(columns, "leads"), judged_period=0)
read = frame.get


def no_rows(name, dataset):
    raise ValueError(name)


def fit(area):
    try:
        exec(CANNOT_FIT[area])
    except Exception as problem:
        return type(problem).__name__


"""


def python(areas: str, then: str) -> str:
    """Return what a Python of its own prints that imports some areas, and then does something."""
    imports = "".join(
        f"from models_py.{area}.refresh import {CANNOT_FIT[area].split('(')[0]}\n"
        for area in areas.split()
    )
    code = f"CANNOT_FIT = {CANNOT_FIT}\n{imports}{PREAMBLE}{then}\n"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize(
    ("area", "needs", "leaves"),
    [
        ("segmentation", "scipy sklearn", "imblearn implicit surprise"),
        ("propensity", "imblearn sklearn", "implicit surprise"),
        ("recommendations", "implicit surprise", "imblearn"),
        ("sales", "scipy sklearn", "imblearn implicit surprise"),
    ],
)
def test_an_area_imports_what_it_fits_with_and_not_before_it_fits(area, needs, leaves):
    asked = f"print(sorted(set('{needs} {leaves}'.split()) & sys.modules.keys()))"
    before, after = python(area, f"{asked}\nfit('{area}')\n{asked}").splitlines()
    assert before == "[]"
    assert after == str(sorted(needs.split()))
    others = CANNOT_FIT.keys() - {area}
    found = python(
        area, f"fit('{area}'); print(*(name for name in sys.modules if 'models_py' in name))"
    )
    assert not [name for name in found.split() if name.split(".")[1:2] in [[o] for o in others]]


def test_threads_that_fit_at_the_same_time_import_what_fits_one_after_the_other():
    code = (
        "with ThreadPoolExecutor(6) as pool:\n"
        "    problems = list(pool.map(fit, [*CANNOT_FIT] * 2))\n"
        "print(*(name for name in sys.modules if name.startswith('models_py')))\n"
        "print(*problems)"
    )
    modules, problems = python(" ".join(CANNOT_FIT), code).splitlines()
    fits = {"segmentation.fit", "propensity.fit", "recommendations.fits", "sales.fit"}
    assert {f"models_py.{each}" for each in fits} <= set(modules.split())
    assert "ImportError" not in problems
    assert "AttributeError" not in problems
