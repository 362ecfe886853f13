import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from propensity_sample import LEADS, make_leads
from sklearn.metrics import log_loss, roc_auc_score

from models_py.propensity.calibration import fifths, fit_calibrator
from models_py.propensity.evaluation import choose, imbalance_losses, importance, out_of_fold
from models_py.propensity.families import (
    FAMILIES,
    as_matrix,
    build_pipeline,
    category_levels,
    raw_scores,
)
from models_py.propensity.fit import fit_families
from models_py.propensity.search import search_family

SETTINGS = {
    "random_state": 1,
    "n_splits": 3,
    "n_repeats": 2,
    "n_jobs": 1,
    "importance_repeats": 2,
    "imbalances": ["none", "class_weight", "smote"],
    "families": {
        "logistic_regression": {"search": "grid", "space": {"C": [0.1, 1]}},
        "decision_tree": {"search": "grid", "space": {"max_depth": [2, 3]}},
        "random_forest": {
            "search": "halving",
            "fixed": {"max_depth": 4},
            "space": {"min_samples_leaf": [5, 10, 20]},
            "options": {
                "resource": "n_estimators",
                "n_candidates": 3,
                "min_resources": 3,
                "max_resources": 9,
            },
        },
        "gradient_boosting": {
            "search": "random",
            "fixed": {"max_iter": 10, "min_samples_leaf": 10},
            "space": {"learning_rate": [0.05, 0.1, 0.2]},
            "options": {"n_iter": 2},
        },
    },
}


@pytest.fixture(scope="module")
def leads() -> pd.DataFrame:
    return make_leads()


@pytest.fixture(scope="module")
def fitted(leads) -> dict[str, dict]:
    rows = fit_families(leads, LEADS, SETTINGS).to_pylist()
    return {row["model_name"]: row for row in rows}


def test_one_row_per_family(fitted):
    assert tuple(fitted) == FAMILIES
    assert len({row["model_run_id"] for row in fitted.values()}) == 4


def test_only_the_training_part_is_fitted(leads, fitted):
    train = set(leads.loc[leads["split"] == "train", "entity_id"])
    for row in fitted.values():
        assert row["n_rows"] == 300
        assert {score["entity_id"] for score in row["out_of_fold"]} == train
        assert {score["entity_id"] for score in row["reference_scores"]} == set(
            leads["entity_id"]
        ) - train


def test_holdout_and_new_leads_have_no_say(leads, fitted):
    changed = leads.copy()
    outside = changed["split"] != "train"
    changed.loc[outside, "age"] = 99
    changed.loc[outside, "current_occupation"] = "Retired"
    for row in fit_families(changed, LEADS, SETTINGS).to_pylist():
        for learned in ("trees", "encoder", "calibration_scores", "out_of_fold", "search"):
            assert row[learned] == fitted[row["model_name"]][learned]


def test_rows_of_periods_are_calibrated_on_the_last_one(leads):
    periods = leads["split"].map({"train": 2, "holdout": 1, "new": 0})
    settings = {**SETTINGS, "n_repeats": 1, "imbalances": ["none"]}
    settings["families"] = {"logistic_regression": SETTINGS["families"]["logistic_regression"]}
    spec = replace(LEADS, judged_period=1)
    frame = leads.assign(periods_ago=periods)
    ((row,), (plain,)) = (fit_families(frame, each, settings).to_pylist() for each in (spec, LEADS))
    new = leads.loc[leads["split"] == "new", "entity_id"].tolist()
    assert [each["entity_id"] for each in row["reference_scores"]] == new
    assert row["encoder"] == plain["encoder"]
    assert row["out_of_fold"] == plain["out_of_fold"]
    assert plain["judging_calibrators"] == []

    levels = category_levels(leads[leads["split"] == "train"], LEADS)
    pipeline = build_pipeline(
        "logistic_regression", json.loads(row["estimator_params"]), LEADS, levels, random_state=1
    )
    train, judged = leads[leads["split"] == "train"], leads[leads["split"] == "holdout"]
    pipeline.fit(as_matrix(train, LEADS, levels), train["has_outcome"].astype(int))
    raw = raw_scores(pipeline, as_matrix(judged, LEADS, levels))
    outcome = judged["has_outcome"].astype(int).to_numpy()
    served = fit_calibrator(row["calibration"], raw, outcome, True)
    assert row["calibration_slope"] == pytest.approx(served.slope)
    for each in row["judging_calibrators"]:
        others = fifths(judged["entity_id"]) != each["left_out_fifth"]
        without = fit_calibrator(row["calibration"], raw[others], outcome[others], True)
        assert (each["slope"], each["intercept"]) == pytest.approx(
            (without.slope, without.intercept)
        )
    assert [each["left_out_fifth"] for each in row["judging_calibrators"]] == [1, 2, 3, 4, 5]


def test_the_order_of_rows_does_not_matter(leads, fitted):
    shuffled = leads.sample(frac=1, random_state=4).iloc[:, ::-1]
    for row in fit_families(shuffled, LEADS, SETTINGS).to_pylist():
        assert row == fitted[row["model_name"]]


def test_the_imbalance_is_chosen_by_the_log_loss_of_folds(leads, fitted):
    outcome = leads.set_index("entity_id")["has_outcome"]
    for row in fitted.values():
        scores = pd.DataFrame(row["out_of_fold"]).query("repeat == 0")
        clipped = scores["model_probability"].clip(1 / 600, 1 - 1 / 600)
        scores = scores.assign(probability=clipped, converted=scores["entity_id"].map(outcome))
        losses = {
            imbalance: np.array(
                [
                    log_loss(fold["converted"].astype(int), fold["probability"])
                    for _, fold in part.groupby("fold")
                ]
            )
            for imbalance, part in scores.groupby("imbalance")
        }
        assert row["imbalance"] == choose({name: losses[name] for name in SETTINGS["imbalances"]})
        stored = json.loads(row["metrics"])["cv_log_loss_by_imbalance"]
        assert stored == pytest.approx({name: loss.mean() for name, loss in losses.items()})


def test_the_first_option_stays_unless_another_is_better_by_a_standard_error():
    default = np.array([0.50, 0.52, 0.48, 0.50])
    noisy = default - np.array([0.05, -0.04, 0.03, -0.03])  # better by .0025, standard error .022
    steady = default - np.array([0.010, 0.011, 0.009, 0.010])
    assert choose({"none": default, "noisy": noisy}) == "none"
    assert choose({"none": default, "noisy": noisy, "steady": steady}) == "steady"
    assert choose({"steady": steady, "none": default}) == "steady"
    assert choose({"none": default, "same": default.copy()}) == "none"


def test_calibrated_scores_exist_for_all_repetitions_of_the_chosen_imbalance(fitted):
    for row in fitted.values():
        scores = pd.DataFrame(row["out_of_fold"])
        is_chosen = scores["imbalance"] == row["imbalance"]
        assert (scores["probability"].notna() == is_chosen).all()
        assert set(scores.loc[is_chosen, "repeat"]) == {0, 1}
        assert set(scores.loc[~is_chosen, "repeat"]) == {0}


def test_parameters_are_chosen_on_other_folds_than_scores_are_reported_on(leads):
    train = leads[leads["split"] == "train"]
    levels = category_levels(train, LEADS)
    matrix, converted = as_matrix(train, LEADS, levels), train["has_outcome"].astype(int).to_numpy()
    spec = {"search": "grid", "space": {"max_depth": [1, 3]}}
    tried = search_family("decision_tree", spec, matrix, converted, LEADS, levels, 3, 1)
    assert [candidate["rank"] for candidate in tried] == [1, 2]
    assert tried[0]["cv_roc_auc"] >= tried[1]["cv_roc_auc"]

    def fold_aucs(seed):
        pipeline = build_pipeline(
            "decision_tree", tried[0]["params"], LEADS, levels, random_state=1
        )
        scores = out_of_fold({("decision_tree", "none"): pipeline}, matrix, converted, 3, [0], seed)
        return [
            roc_auc_score(fold["converted"], fold["raw_score"])
            for _, fold in scores.groupby("fold")
        ]

    assert np.mean(fold_aucs(1)) == pytest.approx(tried[0]["cv_roc_auc"])
    assert np.mean(fold_aucs(2)) != pytest.approx(tried[0]["cv_roc_auc"])


def test_halving_ranks_what_reached_the_last_round_first(leads):
    train = leads[leads["split"] == "train"]
    levels = category_levels(train, LEADS)
    tried = search_family(
        "random_forest",
        SETTINGS["families"]["random_forest"],
        as_matrix(train, LEADS, levels),
        train["has_outcome"].astype(int).to_numpy(),
        LEADS,
        levels,
        3,
        random_state=1,
    )
    assert tried[0]["params"]["n_estimators"] == 9
    assert all(candidate["params"]["n_estimators"] == 3 for candidate in tried[1:])
    assert tried[0]["params"]["max_depth"] == 4


@pytest.mark.filterwarnings("error")
def test_constant_and_empty_columns_are_named_and_do_no_harm(leads):
    few = {name: SETTINGS["families"][name] for name in ("logistic_regression", "decision_tree")}
    settings = {**SETTINGS, "imbalances": ["none"], "families": few}
    flat = leads.assign(has_referral=False, age=np.nan, last_activity=None)
    constant = ["age", "has_referral", "last_activity"]
    for row in fit_families(flat, LEADS, settings).to_pylist():
        assert json.loads(row["metrics"])["constant_columns"] == constant
        importances = {entry["feature"]: entry["importance"] for entry in row["importance"]}
        assert [importances[column] for column in constant] == [0, 0, 0]
        assert all(np.isfinite(score["raw_score"]) for score in row["reference_scores"])


def test_unknown_search_is_refused(leads):
    with pytest.raises(ValueError, match="search of decision_tree is 'bayes'"):
        search_family(
            "decision_tree", {"search": "bayes", "space": {}}, None, None, LEADS, [], 3, 1
        )


def test_losses_are_clipped():
    scores = pd.DataFrame(
        {
            "family": "decision_tree",
            "imbalance": "none",
            "repeat": 0,
            "fold": 0,
            "row": [0, 1],
            "raw_score": [0.0, 1.0],
            "converted": [1, 0],
        }
    )
    assert imbalance_losses(scores)["decision_tree"]["none"] == pytest.approx([-np.log(1 / 4)])


def test_a_feature_that_the_model_ignores_has_no_importance(leads):
    known = leads[leads["split"] != "new"]
    levels = category_levels(known, LEADS)
    matrix, converted = as_matrix(known, LEADS, levels), known["has_outcome"].astype(int).to_numpy()
    pipeline = build_pipeline("decision_tree", {"max_depth": 1}, LEADS, levels).fit(
        matrix, converted
    )
    rows = {
        row["feature"]: row["importance"]
        for row in importance(pipeline, matrix, converted, LEADS.features, 3, 0)
    }
    assert set(rows) == set(LEADS.features)
    assert sum(value != 0 for value in rows.values()) == 1
