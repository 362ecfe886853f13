"""The pure functions that propensity is made of, each with figures worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from models_py.leads.calibration import Calibrator, cross_fit, fit_calibrator, fit_none
from models_py.leads.evaluation import choose, imbalance_losses, out_of_fold
from models_py.trees import baseline, export_trees
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier

E = np.e

# Calibration


def test_a_curve_and_points_by_hand():
    curve = Calibrator("sigmoid", slope=2.0, intercept=-1.0)
    assert curve(np.array([0.5, 1.0, 0.0])) == pytest.approx([0.5, E / (1 + E), 1 / (1 + E)])
    points = Calibrator("isotonic", raw_scores=(1.0, 3.0), probabilities=(0.2, 0.6))
    assert points(np.array([0.0, 1.0, 2.0, 3.0, 9.0])) == pytest.approx([0.2, 0.2, 0.4, 0.6, 0.6])


def test_what_is_not_calibrated_is_the_logistic_curve_or_the_share_itself():
    assert fit_none(True) == Calibrator("none", slope=1.0, intercept=0.0)
    assert fit_none(False) == Calibrator("none", raw_scores=(0.0, 1.0), probabilities=(0.0, 1.0))


@pytest.mark.parametrize("is_log_odds", [True, False])
def test_every_method_gives_its_own_calibrator(is_log_odds):
    raw, converted = np.array([0.1, 0.2, 0.3, 0.9]), np.array([0, 1, 0, 1])
    assert fit_calibrator("none", raw, converted, is_log_odds) == fit_none(is_log_odds)
    isotonic = fit_calibrator("isotonic", raw, converted, is_log_odds)
    # Of .2 and .3 the order is wrong: both get their mean.
    assert isotonic == Calibrator(
        "isotonic", raw_scores=(0.1, 0.2, 0.3, 0.9), probabilities=(0.0, 0.5, 0.5, 1.0)
    )
    sigmoid = fit_calibrator("sigmoid", raw, converted, is_log_odds)
    assert sigmoid.method == "sigmoid"
    assert sigmoid(raw).sum() == pytest.approx(converted.sum())


def test_a_sigmoid_of_two_scores_is_their_shares_of_conversions():
    # One of four converts at 0, three of four at 1: log-odds of -log 3 and of log 3.
    raw, converted = np.repeat([0.0, 1.0], 4), np.array([1, 0, 0, 0, 1, 1, 1, 0])
    found = fit_calibrator("sigmoid", raw, converted, True)
    assert (found.intercept, found.slope) == pytest.approx((-np.log(3), 2 * np.log(3)), abs=1e-5)


def test_an_unknown_method_is_refused_with_those_there_are():
    expected = r"calibration is 'beta'; use one of \('none', 'sigmoid', 'isotonic'\)$"
    with pytest.raises(ValueError, match=expected):
        fit_calibrator("beta", np.zeros(2), np.array([0, 1]), True)


def test_each_row_is_calibrated_on_the_other_fold():
    scores = pd.DataFrame(
        {
            "fold": [1, 0, 1, 0],
            "raw_score": [0.2, 0.0, 0.6, 0.4],
            "converted": [0, 0, 1, 1],
        },
        index=[8, 3, 5, 1],
    )
    # Fold 0 learns from (.2, 0) and (.6, 1), fold 1 from (0, 0) and (.4, 1).
    found = cross_fit("isotonic", scores, True)
    assert found.index.tolist() == [8, 3, 5, 1]
    assert found.tolist() == pytest.approx([0.5, 0, 1, 0.5])
    shares, curve = cross_fit("none", scores, False), cross_fit("none", scores, True)
    assert shares.tolist() == [0.2, 0.0, 0.6, 0.4]
    assert curve[3] == 0.5


# Out-of-fold scores


class Memory(ClassifierMixin, BaseEstimator):
    """Scores .5 for a row that it was fitted on, and 0 for any other."""

    def fit(self, matrix, converted):
        self.classes_ = np.unique(converted)
        self.seen_ = set(matrix[:, 0])
        self.share_ = converted.mean()
        return self

    def predict_proba(self, matrix):
        known = np.array([0.5 * (row in self.seen_) for row in matrix[:, 0]])
        return np.column_stack([1 - known, known])


class Share(Memory):
    """Scores every row by the share of conversions that it was fitted on."""

    def predict_proba(self, matrix):
        return np.tile([1 - self.share_, self.share_], (len(matrix), 1))


MATRIX = 100 + np.arange(24.0)[:, None]
CONVERTED = (np.arange(24) % 4 == 0).astype(int)


def scored(random_state=3, repeats=(0, 1)) -> pd.DataFrame:
    pipelines = {
        ("tree", "smote"): Pipeline([("model", Memory())]),
        ("forest", "none"): Pipeline([("model", Share())]),
    }
    return out_of_fold(pipelines, MATRIX, CONVERTED, 3, repeats, random_state)


def test_no_row_is_scored_by_a_fit_that_saw_it():
    scores = scored()
    assert scores.columns.tolist() == [
        *("family", "imbalance", "repeat", "fold", "row", "raw_score", "converted"),
    ]
    assert scores.loc[scores["family"] == "tree", "raw_score"].tolist() == [0] * 48
    # Six of 24 convert, two of the eight in each fold: four of 16 are left to fit.
    assert scores.loc[scores["family"] == "forest", "raw_score"].tolist() == [0.25] * 48


def test_scores_are_in_order_and_hold_every_row_once_in_each_repetition():
    scores = scored()
    keys = scores[["family", "imbalance", "repeat", "row"]].to_numpy().tolist()
    assert keys == [
        [family, imbalance, repeat, row]
        for family, imbalance in (("forest", "none"), ("tree", "smote"))
        for repeat in (0, 1)
        for row in range(24)
    ]
    assert scores.index.tolist() == list(range(96))
    assert scores["converted"].tolist() == CONVERTED.tolist() * 4
    sizes = scores.groupby(["family", "repeat", "fold"])["converted"].agg(["size", "sum"])
    assert sizes.index.get_level_values("fold").unique().tolist() == [0, 1, 2]
    assert sizes.to_numpy().tolist() == [[8, 2]] * 12


def folds_of(scores: pd.DataFrame, repeat: int) -> list[int]:
    chosen = (scores["family"] == "tree") & (scores["repeat"] == repeat)
    return scores.loc[chosen, "fold"].tolist()


def test_repetitions_draw_folds_of_their_own_that_stay_put():
    scores = scored()
    assert folds_of(scores, 0) != folds_of(scores, 1)
    assert folds_of(scores, 0) not in (sorted(folds_of(scores, 0)), sorted(folds_of(scores, 1)))
    assert folds_of(scored(random_state=4, repeats=[0]), 0) == folds_of(scores, 1)
    both = scores.groupby(["repeat", "row"])["fold"].nunique()
    assert set(both) == {1}


# Which treatment of imbalance


def test_losses_by_fold_are_those_of_clipped_probabilities():
    #           repeat, fold, row, raw score, converted; of four rows: clipped to [1/8, 7/8]
    rows = [(1, 0, 3, 0.0, 1), (0, 1, 2, np.log(3), 1), (0, 0, 0, 9.0, 0), (0, 0, 1, -9.0, 1)]
    frame = pd.DataFrame(rows, columns=["repeat", "fold", "row", "raw_score", "converted"])
    # A fold of one class has no log loss in scikit-learn: every fold gets a lost row of one half.
    lost = frame.assign(raw_score=0.0, converted=0)
    won = frame.assign(raw_score=0.0, converted=1)
    odds = pd.concat([frame, lost, won]).assign(family="logistic_regression", imbalance="none")
    shares = odds.assign(
        family="decision_tree",
        imbalance="smote",
        raw_score=1 / (1 + np.exp(-odds["raw_score"])),
    )
    half, sure, three_quarters = np.log(2), np.log(8), np.log(4 / 3)
    expected = [
        (sure + sure + 4 * half) / 6,
        (three_quarters + 2 * half) / 3,
        (half + 2 * half) / 3,
    ]
    found = imbalance_losses(pd.concat([odds, shares]))
    assert found.keys() == {"logistic_regression", "decision_tree"}
    assert found["logistic_regression"]["none"] == pytest.approx(expected)
    assert found["decision_tree"]["smote"] == pytest.approx(expected)


def losses(*differences: float) -> np.ndarray:
    return 4 + np.array(differences)


@pytest.mark.parametrize(
    ("other", "chosen"),
    [
        (losses(0.0, -2.0), "first"),  # better by 1, and the standard error is 1
        (losses(0.01, -0.19), "first"),  # better by .09, standard error .1
        (losses(-0.01, -0.21), "other"),  # better by .11, standard error .1
        (losses(0.3, 0.1), "first"),
        (losses(0.0, 0.0), "first"),
    ],
)
def test_the_first_option_stays_unless_another_is_better_by_a_standard_error(other, chosen):
    assert choose({"first": losses(0, 0), "other": other}) == chosen


def test_of_two_better_options_the_least_loss_wins_and_a_tie_goes_to_the_earlier():
    better, best = losses(-1.0, -1.1), losses(-2.0, -2.1)
    assert choose({"first": losses(0, 0), "a": better, "b": best}) == "b"
    assert choose({"first": losses(0, 0), "a": best, "b": better}) == "a"
    assert choose({"first": losses(0, 0), "a": best, "b": best - 4e-10}) == "a"
    assert choose({"first": losses(0, 0), "a": best, "b": best - 2e-9}) == "b"


# Trees


def test_a_tree_by_hand():
    rows = np.array([[7.0, 0.0], [7.0, 1.0], [7.0, 2.0], [7.0, 3.0], [7.0, 4.0]])
    model = DecisionTreeClassifier(max_depth=1).fit(rows, [0, 0, 1, 1, 1])
    (tree,) = export_trees(model)
    assert tree.pop("missing_go_left")[1:] == [None, None]
    assert tree == {
        "tree_index": 1,
        "weight": 1.0,
        "depth": 1,
        "feature": [2, None, None],
        "threshold": [1.5, None, None],
        "left_child": [2, None, None],
        "right_child": [3, None, None],
        "value": [0.6, 0.0, 1.0],
        "cover": [5.0, 2.0, 3.0],
    }
    assert baseline(model) == 0


def test_trees_of_a_forest_are_numbered_and_share_the_weight():
    model = RandomForestClassifier(4, max_depth=2, random_state=0)
    trees = export_trees(model.fit(np.arange(20.0)[:, None], [0, 1] * 10))
    assert [tree["tree_index"] for tree in trees] == [1, 2, 3, 4]
    assert [tree["weight"] for tree in trees] == [0.25] * 4
    assert baseline(model) == 0


def test_a_boosted_tree_by_hand():
    # Of 40 rows 10 convert: those with 4 of 0, 1, 2, 4, and a missing one goes with them.
    values = np.tile([0.0, 1.0, 2.0, 4.0], 10)
    values[3] = np.nan
    model = HistGradientBoostingClassifier(
        max_iter=1, max_leaf_nodes=2, min_samples_leaf=1, learning_rate=0.5
    ).fit(np.column_stack([values * 0, values]), np.tile([0, 0, 0, 1], 10))
    (tree,) = export_trees(model)
    # Newton's steps, halved by the learning rate: residual over p (1 - p) with p = 1/4.
    left, right = 0.5 * -0.25 / (0.25 * 0.75), 0.5 * 0.75 / (0.25 * 0.75)
    assert tree == {
        "tree_index": 1,
        "weight": 1.0,
        "depth": 1,
        "feature": [2, None, None],
        "threshold": [3.0, None, None],
        "left_child": [2, None, None],
        "right_child": [3, None, None],
        "missing_go_left": [False, None, None],
        "value": pytest.approx([0.75 * left + 0.25 * right, left, right], abs=1e-6),
        "cover": [40.0, 30.0, 10.0],
    }
    assert baseline(model) == pytest.approx(np.log(1 / 3))
