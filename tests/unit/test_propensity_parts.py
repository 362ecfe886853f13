"""The pure functions that propensity is made of, each with figures worked out by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier

from models_py.errors import CannotFitError
from models_py.propensity import evaluation, search
from models_py.propensity.calibration import (
    Calibrator,
    cross_fit,
    fifths,
    fit_calibrator,
    fit_none,
)
from models_py.propensity.checks import check_rows, constant_columns, equals_label
from models_py.propensity.evaluation import choose, imbalance_losses, out_of_fold
from models_py.propensity.families import (
    FAMILIES,
    IMBALANCES,
    as_matrix,
    build_pipeline,
    category_levels,
    export_encoder,
    raw_scores,
)
from models_py.propensity.frame import fitting_frame
from models_py.propensity.search import search_family
from models_py.propensity.spec import PropensitySpec
from models_py.propensity.trees import baseline, export_trees

# Sample data this small has columns that are constant, or that tell the label.
pytestmark = pytest.mark.filterwarnings("error")

SHOP = PropensitySpec(
    dataset="shop",
    entities="customers",
    raw_label="Response",
    numeric=("age", "is_member"),
    flags=("is_member",),
    categorical=("city",),
)

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


# The frame that is fitted


def test_long_values_become_columns_in_the_order_of_the_rows_and_the_features():
    rows = pd.DataFrame(
        {
            "entity_id": ["b", "a"],
            "periods_ago": 1,
            "fold_group": ["b", "a"],
            "split": ["train", "new"],
            "has_outcome": [True, None],
            "dataset": "shop",
        }
    )
    values = pd.DataFrame(
        [
            ("a", "city", None, "Rome"),
            ("a", "age", 30.0, None),
            ("b", "age", None, None),
            ("b", "spend", 9.0, None),
            ("b", "city", None, "Oslo"),
        ],
        columns=["entity_id", "feature", "number_value", "text_value"],
    )
    values = pd.concat(
        # Of another period the same entities are other rows.
        [values.assign(periods_ago=1), values.assign(periods_ago=2, number_value=99.0)]
    )
    frame = fitting_frame(rows, values, SHOP)
    assert frame.columns.tolist() == [
        *("entity_id", "periods_ago", "fold_group", "split", "has_outcome"),
        *("age", "is_member", "city"),
    ]
    assert frame["entity_id"].tolist() == ["b", "a"]
    assert frame["split"].tolist() == ["train", "new"]
    assert frame["city"].tolist() == ["Oslo", "Rome"]
    assert frame["age"].isna().tolist() == [True, False]
    assert frame["age"].tolist()[1] == 30
    assert frame["is_member"].isna().all()


def test_a_specification_is_read_from_its_row():
    row = {
        "dataset": "shop",
        "entities": "customers",
        "raw_label": "Response",
        "numeric": np.array(["age", "is_member"]),
        "flags": ["is_member"],
        "log_features": [],
        "categorical": ["city"],
        "judged_period": 0,
        "is_required": np.True_,
        "outcome": "buys",
    }
    assert PropensitySpec.from_row(row) == SHOP
    assert PropensitySpec.from_row({**row, "is_required": 0}).is_required is False
    assert SHOP.features == ("age", "is_member", "city")


# What can be fitted


def test_each_fifth_of_the_last_period_needs_both_outcomes_in_the_others():
    frame = customers((5, 35), (2, 40))
    frame["entity_id"] = frame.index.astype(str)
    frame.loc[[41, 44], "entity_id"] = ["44", "41"]
    timed = replace(SHOP, judged_period=1)
    check_rows(frame, SHOP, 5)
    # The two who answered are in the last fifth.
    assert fifths(["40", "44"]).tolist() == [5, 5]
    with pytest.raises(CannotFitError, match="and 0 in the holdout") as error:
        check_rows(frame, timed, 5)
    assert str(error.value).endswith("bring more customers or a longer history")


def customers(train: tuple[int, int], holdout: tuple[int, int], new: int = 0) -> pd.DataFrame:
    """Return as many customers of each part who answered and who did not."""
    splits = ["train"] * sum(train) + ["holdout"] * sum(holdout)
    outcomes = [True] * train[0] + [False] * train[1] + [True] * holdout[0] + [False] * holdout[1]
    n = len(splits) + new
    return pd.DataFrame(
        {
            "split": splits + ["new"] * new,
            "has_outcome": pd.array(outcomes + [None] * new, "boolean"),
            "age": np.arange(n) % 7,
            "is_member": np.arange(n) % 2 == 0,
            "city": ["Oslo", "Rome", "Bonn"] * (n // 3) + ["Oslo"] * (n % 3),
        }
    )


def test_the_least_that_can_be_fitted():
    check_rows(customers((5, 35), (1, 9)), SHOP, 5)
    check_rows(customers((35, 5), (9, 1), new=3), SHOP, 5)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (
            customers((5, 35), (1, 8), new=2),
            "of 51 customers 49 have a known outcome in column Response and 6 of those converted;"
            " a fit needs 50 known outcomes: bring more customers or take shop out of"
            " sources_enabled",
        ),
        (
            customers((0, 40), (0, 10)),
            "of 50 customers 50 have a known outcome in column Response and 0 of those converted;"
            " a fit needs converted and lost customers: bring both or take shop out of"
            " sources_enabled",
        ),
        (
            customers((4, 40), (1, 9)),
            "of 54 customers 54 have a known outcome in column Response and 5 of those converted;"
            " of the rarer outcome 4 are in the training part, where 5 folds need 5, and 1 in the"
            " holdout, which needs 1: bring more customers or change the var"
            " propensity_holdout_share",
        ),
        (
            customers((40, 40), (0, 9)),
            "of 89 customers 89 have a known outcome in column Response and 40 of those converted;"
            " of the rarer outcome 40 are in the training part, where 5 folds need 5, and 0 in the"
            " holdout, which needs 1: bring more customers or change the var"
            " propensity_holdout_share",
        ),
        (
            customers((0, 0), (30, 30)),
            "of 60 customers 60 have a known outcome in column Response and 30 of those converted;"
            " of the rarer outcome 0 are in the training part, where 5 folds need 5, and 30 in the"
            " holdout, which needs 1: bring more customers or change the var"
            " propensity_holdout_share",
        ),
        (
            customers((20, 20), (5, 5)).assign(age=None, is_member=None, city=None),
            "of 50 customers 50 have a known outcome in column Response and 25 of those converted;"
            " in the training part no feature of them has a value: bring a file that has the"
            " features or take shop out of sources_enabled",
        ),
    ],
)
def test_why_nothing_can_be_fitted_is_said_in_whole_words(frame, message):
    with pytest.raises(CannotFitError) as error:
        check_rows(frame, SHOP, 5)
    assert str(error.value) == f"shop: {message}"


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("age", np.repeat([40, 20], 30)),
        ("is_member", np.repeat([False, True], 30)),
        ("city", ["Oslo", "Rome"] * 15 + ["Bonn"] * 30),
    ],
)
def test_a_column_that_tells_the_label_is_named(column, values):
    frame = customers((30, 0), (0, 30)).assign(split=["train", "holdout"] * 30)
    with pytest.raises(CannotFitError) as error:
        check_rows(frame.assign(**{column: values}), SHOP, 5)
    assert str(error.value) == (
        f"shop: column {column} equals the label Response in all 60 customers; it is known only"
        " after the outcome: take it out of the file or of the features"
    )


LABEL = pd.Series([True, True, False, False])


@pytest.mark.parametrize(
    ("values", "is_categorical", "equals"),
    [
        ([1, 2, 3, 4], False, True),
        ([4, 3, 2, 1], False, True),
        ([1, 3, 2, 4], False, False),
        ([1, 2, 2, 3], False, False),
        ([1, 2, None, 4], False, False),
        ([5, 5, 5, 5], False, False),
        (["a", "b", "c", "c"], True, True),
        (["a", "b", "b", "c"], True, False),
        (["a", "b", None, "c"], True, False),
        (["a", "a", "a", "a"], True, False),
    ],
)
def test_a_feature_equals_the_label_if_it_alone_tells_it(values, is_categorical, equals):
    assert equals_label(pd.Series(values), LABEL, is_categorical) is equals


def test_columns_of_one_value_are_constant_and_null_is_a_value():
    frame = pd.DataFrame({"age": [1.0, None], "is_member": [None, None], "city": ["a", "a"]})
    assert constant_columns(frame, SHOP) == ["is_member", "city"]


# Features and families

LEVELS = [["Bonn", "Oslo"]]
TRAINED = np.array([[1.0, 0, 0], [3, 1, 1], [np.nan, 0, 1], [8, 1, 0]] * 5)
ANSWERED = np.array([0, 1, 0, 1] * 5)


def test_levels_and_matrix_by_hand():
    frame = pd.DataFrame(
        {
            "city": ["Oslo", None, "Bonn", "Oslo", "Rome"],
            "age": pd.array([30, None, 20, 25, 21], "Int64"),
            "is_member": pd.array([True, None, False, True, False], "boolean"),
        }
    )
    assert category_levels(frame, SHOP) == [["Bonn", "Oslo", "Rome"]]
    np.testing.assert_array_equal(
        as_matrix(frame, SHOP, LEVELS),
        [[30, 1, 1], [np.nan, np.nan, -1], [20, 0, 0], [25, 1, 1], [21, 0, -1]],
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_a_pipeline_imputes_encodes_and_holds_the_parameters_of_its_estimator(family):
    pipeline = build_pipeline(family, {}, SHOP, LEVELS, random_state=9).fit(TRAINED, ANSWERED)
    steps = ["impute", "encode", "select", "model"]
    if family == "logistic_regression":
        steps.insert(3, "scale")
    assert [name for name, _ in pipeline.steps] == steps
    encoded = pipeline[:3].transform(np.array([[np.nan, np.nan, -1], [5, 1, 1]]))
    # The medians are 3 and one half; a category that is not known has no column.
    assert encoded.tolist() == [[3, 0.5, 0, 0], [5, 1, 0, 1]]
    settings = pipeline[-1].get_params()
    assert settings["random_state"] == 9
    assert settings["class_weight"] is None


def test_parameters_go_to_the_estimator_and_the_number_of_columns_to_the_selection():
    params = {"max_depth": 2, "n_columns": 1}
    pipeline = build_pipeline("decision_tree", params, SHOP, LEVELS, "class_weight")
    pipeline.fit(TRAINED, ANSWERED)
    settings = pipeline[-1].get_params()
    assert (settings["max_depth"], settings["class_weight"]) == (2, "balanced")
    # Whether somebody is a member tells the answer.
    assert export_encoder(pipeline, SHOP, LEVELS) == [
        {
            "position": 1,
            "feature": "is_member",
            "category": None,
            "impute_value": 0.5,
            "mean": 0.0,
            "scale": 1.0,
            "coefficient": None,
            "is_log": False,
        }
    ]


def test_an_empty_column_is_kept():
    empty = TRAINED.copy()
    empty[:, 0] = np.nan
    pipeline = build_pipeline("decision_tree", {}, SHOP, LEVELS).fit(empty, ANSWERED)
    assert pipeline[:2].transform(empty[:1]).tolist() == [[0, 0, 1, 0]]


@pytest.mark.parametrize("imbalance", IMBALANCES)
def test_a_category_that_nobody_has_gets_no_column(imbalance):
    empty = TRAINED.copy()
    empty[:, 2] = -1
    pipeline = build_pipeline("logistic_regression", {}, SHOP, [[]], imbalance).fit(empty, ANSWERED)
    learned = export_encoder(pipeline, SHOP, [[]])
    assert [each["feature"] for each in learned] == ["age", "is_member"]
    # A category that is seen later changes nothing.
    scored = raw_scores(pipeline, np.array([[3.0, 1.0, -1.0], [3.0, 1.0, 0.0]]))
    assert scored[0] == scored[1]


@pytest.mark.parametrize(
    ("numeric", "categorical", "kind", "discrete"),
    [
        (("age", "is_member"), ("city",), SMOTENC, [1, 2]),
        (("age",), (), SMOTE, None),
        (("is_member",), ("city",), SMOTEN, None),
    ],
)
def test_smote_is_of_the_kind_that_takes_the_features(numeric, categorical, kind, discrete):
    spec = PropensitySpec("shop", "customers", "Response", numeric, ("is_member",), categorical)
    levels = LEVELS[: len(categorical)]
    pipeline = build_pipeline("decision_tree", {}, spec, levels, "smote", random_state=7)
    assert [name for name, _ in pipeline.steps] == ["impute", "smote", "encode", "select", "model"]
    sampler = pipeline.named_steps["smote"]
    assert type(sampler) is kind
    assert sampler.random_state == 7
    if discrete:
        assert sampler.categorical_features == discrete


@pytest.mark.parametrize("family", FAMILIES)
def test_numbers_alone_or_categories_alone_are_enough(family):
    numbers, categories = replace(SHOP, categorical=()), replace(SHOP, numeric=(), flags=())
    for spec, levels, columns in ((numbers, [], [0, 1]), (categories, LEVELS, [2])):
        pipeline = build_pipeline(family, {}, spec, levels).fit(TRAINED[:, columns], ANSWERED)
        features = {each["feature"] for each in export_encoder(pipeline, spec, levels)}
        assert features == set(spec.features)


def test_the_encoder_of_a_linear_model_by_hand():
    pipeline = build_pipeline("logistic_regression", {}, SHOP, LEVELS).fit(TRAINED, ANSWERED)
    age, member, bonn, oslo = export_encoder(pipeline, SHOP, LEVELS)
    # Ages are 1, 3, 3 for the missing one, and 8: mean 3.75, squared deviations 26.75 in four.
    assert age.pop("coefficient") == pipeline[-1].coef_[0, 0]
    assert age.pop("scale") == pytest.approx((26.75 / 4) ** 0.5)
    assert age == {
        "position": 1,
        "feature": "age",
        "category": None,
        "impute_value": 3.0,
        "mean": 3.75,
        "is_log": False,
    }
    assert (member["mean"], member["scale"]) == (0.5, 0.5)
    assert [each["position"] for each in (member, bonn, oslo)] == [2, 3, 4]
    assert [(each["feature"], each["category"]) for each in (bonn, oslo)] == [
        ("city", "Bonn"),
        ("city", "Oslo"),
    ]
    assert (bonn["impute_value"], bonn["coefficient"]) == (None, pipeline[-1].coef_[0, 2])


def test_a_linear_model_takes_logarithms_and_a_tree_does_not():
    spec = replace(SHOP, log_features=("age",))
    linear = build_pipeline("logistic_regression", {}, spec, LEVELS).fit(TRAINED, ANSWERED)
    age, member, *_ = export_encoder(linear, spec, LEVELS)
    assert (age["is_log"], member["is_log"]) == (True, False)
    # Ages are 1, 3, 3 for the missing one, and 8; a negative one counts as 0.
    assert age["impute_value"] == 3
    assert age["mean"] == pytest.approx(np.mean(np.log([2, 4, 4, 9])))
    below = linear[:-1].transform(np.array([[-5.0, 1, 0]]))[0, 0]
    assert below == pytest.approx(-age["mean"] / age["scale"])
    tree = build_pipeline("decision_tree", {}, spec, LEVELS).fit(TRAINED, ANSWERED)
    assert not any(each["is_log"] for each in export_encoder(tree, spec, LEVELS))


def test_rows_of_a_group_are_in_one_fold():
    groups = np.repeat(["a", "b", "c", "d"], 6)
    pipelines = {("tree", "none"): Pipeline([("model", Share())])}
    scores = out_of_fold(pipelines, MATRIX, CONVERTED, 3, [0], 1, groups=groups)
    folds = scores.assign(group=groups[scores["row"]]).groupby("group")["fold"].nunique()
    assert folds.to_dict() == {"a": 1, "b": 1, "c": 1, "d": 1}


def test_fifths_go_by_the_md5_of_the_key():
    # The first eight digits of the md5 of lead-1 are 0.198 of their range, those of lead-2 0.891.
    assert fifths(["lead-1", "lead-2"]).tolist() == [1, 5]


def test_raw_scores_are_log_odds_where_there_are_any():
    linear = build_pipeline("logistic_regression", {}, SHOP, LEVELS).fit(TRAINED, ANSWERED)
    odds = raw_scores(linear, TRAINED[:2])
    assert 1 / (1 + np.exp(-odds)) == pytest.approx(linear.predict_proba(TRAINED[:2])[:, 1])
    tree = build_pipeline("decision_tree", {}, SHOP, LEVELS).fit(TRAINED, ANSWERED)
    assert raw_scores(tree, TRAINED[:2]).tolist() == [0, 1]


# The search


@pytest.fixture
def searched(monkeypatch) -> dict:
    """Replace the searches of scikit-learn, and return what they were given."""
    seen = {}

    class Search:
        def __init__(self, estimator, space, **options):
            seen.update(options, estimator=estimator, space=space)

        def fit(self, matrix, converted, groups):
            seen.update(matrix=matrix, converted=converted, groups=groups)
            self.cv_results_ = {
                "mean_test_score": np.array([0.8, 0.9, 0.9 + 4e-10, 0.95]),
                "std_test_score": np.array([0.1, 0.2, 0.3, 0.4]),
                "iter": np.array([1, 1, 1, 0]),
                "params": [{"model__max_depth": depth, "select__k": 2} for depth in (1, 2, 3, 4)],
            }

    for name in ("grid", "random", "halving"):
        monkeypatch.setitem(search._SEARCHES, name, Search)
    return seen


def searches(kind: str, **options) -> list[dict]:
    asked = {
        "search": kind,
        "space": {"max_depth": [1, 2], "n_columns": [2]},
        "fixed": {"min_samples_leaf": 5},
        "options": options,
    }
    return search_family("decision_tree", asked, TRAINED, ANSWERED, SHOP, LEVELS, 4, 6, 3)


def test_a_search_ranks_the_last_round_first_and_keeps_the_order_of_ties(searched):
    tried = searches("halving", resource="n_estimators", factor=2)
    assert [each["params"]["max_depth"] for each in tried] == [2, 3, 1, 4]
    assert [each["rank"] for each in tried] == [1, 2, 3, 4]
    assert tried[0] == {
        "params": {"min_samples_leaf": 5, "max_depth": 2, "n_columns": 2},
        "cv_roc_auc": 0.9,
        "cv_roc_auc_std": 0.2,
        "rank": 1,
    }


def test_more_columns_than_there_are_is_all_of_them_and_is_tried_once(searched):
    encoded = len(SHOP.numeric) + sum(map(len, LEVELS))
    numbers = [encoded - 1, encoded, encoded + 1, "all"]
    asked = {"search": "grid", "space": {"n_columns": numbers}}
    search_family("decision_tree", asked, TRAINED, ANSWERED, SHOP, LEVELS, 4, 6)
    assert searched["space"] == {"select__k": [encoded - 1, "all"]}
    stored = {"n_columns": encoded + 1}
    assert build_pipeline("decision_tree", stored, SHOP, LEVELS)["select"].k == "all"


def test_a_search_is_given_folds_space_and_seeds(searched):
    searches("halving", resource="n_estimators", factor=2)
    assert searched["space"] == {"model__max_depth": [1, 2], "select__k": [2]}
    assert searched["resource"] == "model__n_estimators"
    assert (searched["factor"], searched["random_state"]) == (2, 6)
    assert searched["scoring"] == "roc_auc"
    assert (searched["refit"], searched["error_score"], searched["n_jobs"]) == (False, "raise", 3)
    folds = searched["cv"]
    assert (folds.n_splits, folds.shuffle, folds.random_state) == (4, True, 6)
    model = searched["estimator"][-1]
    assert (model.min_samples_leaf, model.random_state) == (5, 6)
    assert searched["matrix"] is TRAINED
    assert searched["converted"] is ANSWERED


def test_a_grid_is_not_drawn(searched):
    searches("grid")
    assert "random_state" not in searched
    searches("random", n_iter=2)
    assert (searched["n_iter"], searched["random_state"]) == (2, 6)


def test_a_search_without_rounds_and_fixed_parameters():
    asked = {"search": "grid", "space": {"max_depth": [1, 2]}}
    tried = search_family("decision_tree", asked, TRAINED, ANSWERED, SHOP, LEVELS, 2, 1)
    # Both depths tell the label from membership: equal, and the first stays first.
    assert [each["params"] for each in tried] == [{"max_depth": 1}, {"max_depth": 2}]
    assert [each["cv_roc_auc"] for each in tried] == [1, 1]


def test_an_unknown_search_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="search of decision_tree is 'bayes'") as error:
        searches("bayes")
    assert str(error.value).endswith("use one of ['grid', 'halving', 'random']")


# Importance


def test_importance_is_the_mean_fall_of_the_area_under_the_curve(monkeypatch):
    seen = {}

    def permuted(*given, **options):
        seen.update(options, given=given)
        return SimpleNamespace(
            importances_mean=np.array([0.2, 0.0, 0.1]), importances_std=np.array([0.02, 0, 0.01])
        )

    monkeypatch.setattr(evaluation, "permutation_importance", permuted)
    found = evaluation.importance("pipeline", TRAINED, ANSWERED, SHOP.features, 5, 8)
    assert found == [
        {"feature": "age", "importance": 0.2, "std": 0.02},
        {"feature": "is_member", "importance": 0.0, "std": 0.0},
        {"feature": "city", "importance": 0.1, "std": 0.01},
    ]
    assert seen.pop("given") == ("pipeline", TRAINED, ANSWERED)
    assert seen == {"scoring": "roc_auc", "n_repeats": 5, "random_state": 8}
