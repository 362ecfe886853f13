import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from models_py.trees import baseline, export_trees, leaf_means

ROWS = np.random.default_rng(0).normal(size=(500, 4)).round(2)
LABEL = (ROWS[:, 0] + ROWS[:, 1] * ROWS[:, 2] > 0.3).astype(int)


def leaf_of(tree: dict, row: np.ndarray) -> int:
    """Walk one exported tree; nodes and features count from 1."""
    node = 1
    while tree["feature"][node - 1] is not None:
        element = row[tree["feature"][node - 1] - 1]
        threshold = tree["threshold"][node - 1]
        goes_left = tree["missing_go_left"][node - 1] if np.isnan(element) else element <= threshold
        node = (tree["left_child"] if goes_left else tree["right_child"])[node - 1]
    return node


def predictions(model, rows: np.ndarray) -> list[float]:
    trees = export_trees(model)
    return [
        baseline(model) + sum(t["weight"] * t["value"][leaf_of(t, row) - 1] for t in trees)
        for row in rows
    ]


def with_missing(rows: np.ndarray) -> np.ndarray:
    holes = rows.copy()
    holes[::7, 0] = np.nan
    return holes


@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeClassifier(max_depth=4, class_weight="balanced", random_state=0),
        RandomForestClassifier(20, max_depth=5, max_samples=0.7, random_state=0),
    ],
)
def test_trees_average_shares_like_predict_proba(model):
    single = ROWS.astype(np.float32).astype(float)
    model.fit(single, LABEL)
    expected = model.predict_proba(single)[:, 1]
    np.testing.assert_allclose(predictions(model, single), expected, atol=1e-12)


@pytest.mark.parametrize("trained_on", [ROWS, with_missing(ROWS)])
def test_boosting_adds_up_to_the_decision_function(trained_on):
    model = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=6, random_state=0)
    model.fit(trained_on, LABEL)
    rows = with_missing(ROWS)
    np.testing.assert_allclose(predictions(model, rows), model.decision_function(rows), atol=1e-12)


def test_inner_values_are_means_of_the_leaves_below_by_cover():
    model = HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=6, random_state=0)
    model.fit(ROWS, LABEL)
    for tree in export_trees(model):
        leaves = [leaf_of(tree, row) for row in ROWS]
        expected = np.mean([tree["value"][leaf - 1] for leaf in leaves])
        assert tree["value"][0] == pytest.approx(expected, abs=1e-12)


def test_leaf_means_by_hand():
    #      0
    #    1   2        leaves 1 (cover 1), 3 (cover 1), 4 (cover 3)
    #       3 4
    means = leaf_means([1, -1, 3, -1, -1], [2, -1, 4, -1, -1], [9, 1, 9, 2, 6], [9, 1, 9, 1, 3])
    assert means.tolist() == [4.2, 1, 5, 2, 6]


def test_depth_bounds_the_walk():
    model = RandomForestClassifier(5, max_depth=3, random_state=0).fit(ROWS, LABEL)
    assert [tree["depth"] for tree in export_trees(model)] == [
        estimator.get_depth() for estimator in model.estimators_
    ]


def test_other_models_are_refused():
    with pytest.raises(TypeError, match="LogisticRegression"):
        export_trees(LogisticRegression().fit(ROWS, LABEL))
