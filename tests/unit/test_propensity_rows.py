"""The row of a fitted family, its parts stood in for by figures worked out by hand."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from models_py.propensity import fit
from models_py.propensity.record import SCHEMA
from models_py.propensity.spec import PropensitySpec

SHOP = PropensitySpec(
    dataset="shop",
    entities="customers",
    raw_label="Response",
    numeric=("age", "is_member"),
    flags=("is_member",),
    categorical=("city",),
)
FRAME = pd.DataFrame(
    {
        "entity_id": ["d", "a", "f", "c", "b", "e"],
        "periods_ago": 0,
        "fold_group": ["d", "a", "f", "c", "a", "e"],
        "split": ["train", "train", "new", "train", "train", "holdout"],
        "has_outcome": pd.array([False, True, None, True, False, True], "boolean"),
        "age": [40.0, 20.0, 10.0, 22.0, 44.0, 60.0],
        "is_member": [1.0] * 6,
        "city": ["Oslo", "Rome", "Bonn", "Oslo", "Rome", None],
    }
)
TRIED = [
    {"params": {"max_depth": 1}, "cv_roc_auc": 0.9, "cv_roc_auc_std": 0.1, "rank": 1},
    {"params": {"max_depth": 2}, "cv_roc_auc": 0.8, "cv_roc_auc_std": 0.2, "rank": 2},
]
SEARCH = {"search": "grid", "space": {"max_depth": [1, 2]}}
SETTINGS = {
    "random_state": 5,
    "n_splits": 2,
    "n_repeats": 3,
    "n_jobs": 1,
    "importance_repeats": 7,
    "imbalances": ["none", "class_weight"],
    "families": {"decision_tree": SEARCH},
}
# Of a to d, by imbalance; the first and third converted. Weighted scores tell them better.
SCORES = {"none": [0.6, 0.5, 0.4, 0.5], "class_weight": [0.9, 0.1, 0.8, 0.2]}
IMPORTANCE = [{"feature": "age", "importance": 0.25, "std": 0.05}]
pytestmark = pytest.mark.filterwarnings("error")


class Parts:
    """What stands in for the parts of a fit, and what each of them was given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.checked, self.searched, self.validated, self.judged = [], [], [], []
        for name in ("check_rows", "search_family", "out_of_fold", "importance"):
            monkeypatch.setattr(fit, name, getattr(self, name))

    def check_rows(self, *given) -> None:
        self.checked.append(given)

    def search_family(self, *given) -> list[dict]:
        self.searched.append(given)
        return TRIED

    def out_of_fold(self, pipelines, **given) -> pd.DataFrame:
        self.validated.append({**given, "pipelines": pipelines})
        return pd.DataFrame(
            {
                "family": family,
                "imbalance": imbalance,
                "repeat": repeat,
                "fold": row // 2,
                "row": row,
                # In the last repetition the second fold is in the wrong order.
                "raw_score": score if repeat < 2 or row < 2 else 1 - score,
                "converted": 1 - row % 2,
            }
            for family, imbalance in pipelines
            for repeat in given["repeats"]
            for row, score in enumerate(SCORES[imbalance])
        )

    def importance(self, *given) -> list[dict]:
        self.judged.append(given)
        return IMPORTANCE


@pytest.fixture
def parts(monkeypatch) -> Parts:
    return Parts(monkeypatch)


def fitted(stored: pa.Table | None = None, is_search: bool = True, **changes) -> dict:
    table = fit.fit_families(FRAME, SHOP, {**SETTINGS, **changes}, stored, is_search)
    assert table.schema == SCHEMA
    (row,) = table.to_pylist()
    return row


def test_a_family_is_searched_and_cross_validated_on_the_training_part(parts):
    fitted()
    ((frame, spec, n_splits),) = parts.checked
    assert frame["entity_id"].tolist() == list("abcdef")
    assert (spec, n_splits) == (SHOP, 2)
    ((family, search, matrix, converted, spec, levels, *numbers),) = parts.searched
    assert (family, search, spec, levels) == ("decision_tree", SEARCH, SHOP, [["Oslo", "Rome"]])
    assert numbers[:3] == [2, 5, 1]
    assert numbers[3].tolist() == ["a", "a", "c", "d"]
    assert matrix.tolist() == [[20, 1, 1], [44, 1, 1], [22, 1, 0], [40, 1, 0]]
    assert converted.tolist() == [1, 0, 1, 0]
    first, again = parts.validated
    assert list(first["pipelines"]) == [
        ("decision_tree", "none"),
        ("decision_tree", "class_weight"),
    ]
    for pipeline in first["pipelines"].values():
        assert (pipeline[-1].max_depth, pipeline[-1].random_state) == (1, 5)
    weights = [pipeline[-1].class_weight for pipeline in first["pipelines"].values()]
    assert weights == [None, "balanced"]
    assert list(again["pipelines"]) == [("decision_tree", "class_weight")]
    assert [list(each["repeats"]) for each in parts.validated] == [[0], [1, 2]]
    for each in parts.validated:
        # Other folds than those that chose the parameters.
        assert (each["n_splits"], each["random_state"], each["n_jobs"]) == (2, 6, 1)
        assert each["matrix"] is matrix
        assert each["converted"] is converted
        assert each["groups"].tolist() == ["a", "a", "c", "d"]


def test_the_row_says_what_was_fitted_and_how(parts):
    row = fitted()
    assert (row["area"], row["dataset"], row["model_name"]) == (
        "propensity",
        "shop",
        "decision_tree",
    )
    assert (row["n_rows"], row["imbalance"]) == (4, "class_weight")
    assert row["estimator_params"] == '{"max_depth": 1}'
    chosen = {"family": "decision_tree", "imbalance": "class_weight", "estimator": {"max_depth": 1}}
    assert json.loads(row["params"]) == {**chosen, **SETTINGS}
    assert (row["intercept"], row["is_single_precision"]) == (0.0, True)
    assert row["search"] == [
        {"params": '{"max_depth": 1}', "cv_roc_auc": 0.9, "cv_roc_auc_std": 0.1, "rank": 1},
        {"params": '{"max_depth": 2}', "cv_roc_auc": 0.8, "cv_roc_auc_std": 0.2, "rank": 2},
    ]
    # Age alone tells who converted: at most 22, halfway to 40.
    (tree,) = row["trees"]
    assert tree["threshold"][0] == 31
    assert [tree["value"][at] for at in (1, 2)] == [1, 0]
    assert [each["feature"] for each in row["encoder"]] == ["age", "is_member", "city", "city"]
    assert [each["category"] for each in row["encoder"]] == [None, None, "Oslo", "Rome"]
    assert row["importance"] == IMPORTANCE


def test_metrics_by_hand(parts):
    metrics = json.loads(fitted()["metrics"])
    # Five of the six folds of the chosen treatment are in order, one is not.
    assert metrics["cv_roc_auc"] == round(5 / 6, 9)
    assert metrics["constant_columns"] == ["is_member"]
    losses = metrics["cv_log_loss_by_imbalance"]
    # Probabilities are clipped to [1/8, 7/8].
    none = [-np.log(0.6) - np.log(0.5), -np.log(0.4) - np.log(0.5)]
    weighted = [-2 * np.log(7 / 8), -2 * np.log(0.8)]
    assert losses == pytest.approx({"none": sum(none) / 4, "class_weight": sum(weighted) / 4})
    errors = metrics["cv_brier_by_calibration"]
    assert errors.keys() == {"none", "sigmoid", "isotonic"}
    assert errors["none"] == pytest.approx((0.01 + 0.01 + 0.04 + 0.04) / 4)


def test_scores_are_stored_by_entity_with_their_probability(parts):
    row = fitted()
    scores = pd.DataFrame(row["out_of_fold"])
    assert len(scores) == 4 * (2 + 2)
    first = scores[(scores["imbalance"] == "class_weight") & (scores["repeat"] == 0)]
    assert first["entity_id"].tolist() == ["a", "b", "c", "d"]
    assert first["fold"].tolist() == [0, 0, 1, 1]
    assert first["has_outcome"].tolist() == [True, False, True, False]
    assert first["raw_score"].tolist() == [0.9, 0.1, 0.8, 0.2]
    assert first["model_probability"].tolist() == [0.9, 0.1, 0.8, 0.2]
    is_chosen = scores["imbalance"] == "class_weight"
    assert scores["probability"].notna().tolist() == is_chosen.tolist()
    assert sorted(scores.loc[is_chosen, "repeat"]) == [0] * 4 + [1] * 4 + [2] * 4
    # A curve fitted to two scores that are in order is all but a step.
    assert row["calibration"] == "sigmoid"
    assert first["probability"].tolist() == pytest.approx([1, 0, 1, 0], abs=0.02)
    # Where the other fold of the same repetition is in the wrong order, the step falls.
    last = scores[is_chosen & (scores["repeat"] == 2)]
    assert last["probability"].tolist() == pytest.approx([0, 1, 0, 1], abs=0.02)
    assert row["reference_scores"] == [
        {"entity_id": "e", "raw_score": 0.0},
        {"entity_id": "f", "raw_score": 1.0},
    ]


def test_the_importance_is_that_on_the_holdout(parts):
    fitted()
    ((pipeline, matrix, converted, features, n_repeats, seed),) = parts.judged
    assert pipeline[-1].get_depth() == 1
    assert matrix.tolist() == [[60, 1, -1]]
    assert converted.tolist() == [1]
    assert (features, n_repeats, seed) == (("age", "is_member", "city"), 7, 5)


def test_one_repetition_is_not_run_again(parts):
    fitted(n_repeats=1)
    assert len(parts.validated) == 1
    fitted(n_repeats=2)
    assert [list(each["repeats"]) for each in parts.validated[1:]] == [[0], [1]]


def test_a_refit_takes_the_stored_parameters_and_treatment(parts):
    choice = {
        "model_name": "decision_tree",
        "imbalance": "none",
        "search": [{"params": '{"max_depth": 3}', "cv_roc_auc": 0.7, "rank": 1}],
    }
    stored = pa.Table.from_pylist([choice], schema=SCHEMA)
    row = fitted(stored, is_search=False)
    assert parts.searched == []
    assert (row["imbalance"], row["estimator_params"]) == ("none", '{"max_depth": 3}')
    assert row["search"] == [
        {"params": '{"max_depth": 3}', "cv_roc_auc": 0.7, "cv_roc_auc_std": None, "rank": 1}
    ]
    searched_anew = fitted(stored, is_search=True)
    assert (searched_anew["imbalance"], len(parts.searched)) == ("class_weight", 1)


def test_a_family_that_is_not_stored_is_searched_in_a_refit_too(parts):
    row = fitted(SCHEMA.empty_table(), is_search=False)
    assert len(parts.searched) == 1
    assert row["imbalance"] == "class_weight"


def test_a_linear_family_has_coefficients_and_no_trees(parts, monkeypatch):
    monkeypatch.setattr(fit, "search_family", lambda *given: [{**TRIED[0], "params": {"C": 1.0}}])
    row = fitted(families={"logistic_regression": {"search": "grid", "space": {"C": [1.0]}}})
    assert row["trees"] == []
    assert row["is_single_precision"] is False
    # Of nobody outside the training part is the city known: its columns are 0.
    for reference, age in zip(row["reference_scores"], (60, 10), strict=True):
        values = [age, 1, 0, 0]
        terms = [
            (value - each["mean"]) / each["scale"] * each["coefficient"]
            for value, each in zip(values, row["encoder"], strict=True)
        ]
        assert row["intercept"] + sum(terms) == pytest.approx(reference["raw_score"])
    # The younger convert.
    assert row["reference_scores"][0]["raw_score"] < 0 < row["reference_scores"][1]["raw_score"]
    scores = pd.DataFrame(row["out_of_fold"])
    first = scores[scores["imbalance"] == "class_weight"].iloc[0]
    assert first["raw_score"] == 0.9
    assert first["model_probability"] == pytest.approx(1 / (1 + np.exp(-0.9)))
