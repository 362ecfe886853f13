"""Fitted trees as rows: every tree a struct of parallel lists, one element per node.

Features and nodes are numbered from 1, as SQL numbers list elements; node 1 is the root, and a leaf
has no feature and no children. The value of an inner
node is the cover-weighted mean of the leaves below it, so that the changes of value along a path
attribute the prediction to the features that were asked for. The libraries' own inner values do
not do that in boosting: HistGradientBoosting leaves the shrinkage out.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.tree import DecisionTreeClassifier

LEAF = -1

HistogramModel = HistGradientBoostingClassifier | HistGradientBoostingRegressor
TreeModel = DecisionTreeClassifier | RandomForestClassifier | HistogramModel


def export_trees(model: TreeModel) -> list[dict[str, Any]]:
    """Return the trees of a fitted binary classifier or regressor as plain lists.

    Parameters
    ----------
    model : fitted tree, random forest or histogram gradient boosting
        A classifier of scikit-learn with two classes, of which the second one is scored, or a
        histogram gradient boosting that estimates one figure.

    Returns
    -------
    list of dict
        One per tree, with the fields of `tree_schema.TREE`. A prediction is
        `baseline(model)` + sum over trees of `weight` * value of the leaf reached, where a row
        goes left if its feature is <= threshold, or is missing and `missing_go_left`.

    Raises
    ------
    TypeError
        If the model is of another class.
    """
    match model:
        case HistGradientBoostingClassifier() | HistGradientBoostingRegressor():
            trees = [_from_histogram(trees[0].nodes) for trees in model._predictors]
        case RandomForestClassifier():
            trees = [_from_cart(t.tree_, 1 / len(model.estimators_)) for t in model.estimators_]
        case DecisionTreeClassifier():
            trees = [_from_cart(model.tree_, 1.0)]
        case _:
            raise TypeError(f"no export for a model of class {type(model).__name__}")
    return [{"tree_index": index, **tree} for index, tree in enumerate(trees, start=1)]


def baseline(model: TreeModel) -> float:
    """Return what a tree model predicts before its first tree.

    Log-odds where boosting classifies, the mean where it estimates a figure, elsewhere 0.
    """
    if isinstance(model, HistogramModel):
        return float(np.ravel(model._baseline_prediction)[0])
    return 0.0


def leaf_means(
    left: Sequence[int], right: Sequence[int], value: Sequence[float], cover: Sequence[float]
) -> np.ndarray:
    """Return node values where each inner node holds the cover-weighted mean of its leaves.

    Parameters
    ----------
    left, right : sequence of int, length n_nodes
        Children, counted from 0; -1 at a leaf. A child has a larger number than its parent.
    value : sequence of float, length n_nodes
        Only the values of leaves are used.
    cover : sequence of float, length n_nodes
        Training weight that reached the node; only that of leaves is used.

    Returns
    -------
    ndarray of shape (n_nodes,)
    """
    mean = np.array(value, dtype=float)
    weight = np.array(cover, dtype=float)
    for node in range(len(mean) - 1, -1, -1):
        if left[node] != LEAF:
            children = [left[node], right[node]]
            weight[node] = weight[children].sum()
            mean[node] = np.average(mean[children], weights=weight[children])
    return mean


def _from_histogram(nodes: np.ndarray) -> dict[str, Any]:
    is_leaf = nodes["is_leaf"].astype(bool)
    return _tree(
        weight=1.0,
        depth=int(nodes["depth"].max()),
        feature=nodes["feature_idx"].astype(np.int64),
        threshold=nodes["num_threshold"],
        left=np.where(is_leaf, LEAF, nodes["left"].astype(np.int64)),
        right=np.where(is_leaf, LEAF, nodes["right"].astype(np.int64)),
        missing_go_left=nodes["missing_go_to_left"].astype(bool),
        value=nodes["value"],
        cover=nodes["count"].astype(float),
    )


def _from_cart(tree: Any, weight: float) -> dict[str, Any]:
    return _tree(
        weight=weight,
        depth=int(tree.max_depth),
        feature=tree.feature,
        threshold=tree.threshold,
        left=tree.children_left,
        right=tree.children_right,
        missing_go_left=tree.missing_go_to_left.astype(bool),
        value=_leaf_values(tree),
        cover=tree.weighted_n_node_samples,
    )


def _leaf_values(tree: Any) -> np.ndarray:
    """Return the share of the second class."""
    values = tree.value[:, 0, :]
    return values[:, 1] / values.sum(axis=1)


def _tree(
    weight: float,
    depth: int,
    feature: np.ndarray,
    threshold: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    missing_go_left: np.ndarray,
    value: np.ndarray,
    cover: np.ndarray,
) -> dict[str, Any]:
    is_inner = left != LEAF
    return {
        "weight": weight,
        "depth": depth,
        "feature": _where(is_inner, feature + 1),
        "threshold": _where(is_inner, threshold),
        "left_child": _where(is_inner, left + 1),
        "right_child": _where(is_inner, right + 1),
        "missing_go_left": _where(is_inner, missing_go_left),
        "value": leaf_means(left, right, value, cover).tolist(),
        "cover": cover.tolist(),
    }


def _where(is_inner: np.ndarray, values: np.ndarray) -> list[Any]:
    """Return the values with None at leaves."""
    return [v if inner else None for inner, v in zip(is_inner, values.tolist(), strict=True)]
