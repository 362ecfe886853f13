"""Choosing the parameters of a family by stratified cross-validation."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    GridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
)
from threadpoolctl import threadpool_limits

from models_py.propensity.evaluation import stratified_folds
from models_py.propensity.families import build_pipeline, columns_kept
from models_py.propensity.spec import PropensitySpec

logger = logging.getLogger(__name__)

_SEARCHES = {"grid": GridSearchCV, "random": RandomizedSearchCV, "halving": HalvingRandomSearchCV}
# Parameters of the pipeline that are not its estimator's.
_STEP = {"n_columns": "select__k"}
_NAME = {step: name for name, step in _STEP.items()}


def search_family(
    family: str,
    spec: Mapping[str, Any],
    matrix: np.ndarray,
    converted: np.ndarray,
    data: PropensitySpec,
    levels: Sequence[Sequence[str]],
    n_splits: int,
    random_state: int,
    n_jobs: int = 1,
    groups: np.ndarray | None = None,
) -> list[dict[str, Any]]:
    """Try the parameters of a family and return them, the best by ROC AUC first.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    spec : mapping
        `search` (grid, random, halving), `space` (parameter as in `build_pipeline` to list of
        values), `fixed` (parameters that are not searched), and `options` of the search class of
        scikit-learn.
    matrix : ndarray of shape (n, n_features)
        From `as_matrix`, training part only.
    converted : ndarray of shape (n,)
        0 or 1.
    data : PropensitySpec
        As in `build_pipeline`.
    levels : sequence of sequences of str
        As in `build_pipeline`.
    n_splits, random_state, n_jobs : int
        Folds, seed of folds and search, processes.
    groups : ndarray of shape (n,), optional
        As in `stratified_folds`.

    Returns
    -------
    list of dict
        `params`, `cv_roc_auc`, `cv_roc_auc_std` (over folds), `rank` (from 1). With halving,
        only the candidates that reached the last round, hence with comparable scores, rank
        before the others.

    Raises
    ------
    ValueError
        If `search` is unknown.
    """
    if spec["search"] not in _SEARCHES:
        raise ValueError(
            f"propensity: search of {family} is {spec['search']!r}; use one of {sorted(_SEARCHES)}"
        )
    logger.info("fitting models of %s: %s, searching %s", data.dataset, data.raw_label, family)
    space = dict(spec["space"])
    if "n_columns" in space:
        kept = [columns_kept(number, data, levels) for number in space["n_columns"]]
        space["n_columns"] = list(dict.fromkeys(kept))
    fixed = dict(spec.get("fixed", {}))
    options = dict(spec.get("options", {}))
    if spec["search"] == "halving":
        options["resource"] = f"model__{options['resource']}"
    if spec["search"] != "grid":
        options["random_state"] = random_state
    search = _SEARCHES[spec["search"]](
        build_pipeline(family, fixed, data, levels, random_state=random_state),
        {_STEP.get(name, f"model__{name}"): values for name, values in space.items()},
        scoring="roc_auc",
        cv=stratified_folds(groups, n_splits, random_state),
        refit=False,
        n_jobs=n_jobs,
        error_score="raise",
        **options,
    )
    with threadpool_limits(1):  # where this process fits itself; its workers have one thread each
        search.fit(matrix, converted, groups=groups)
    return _ranked(search.cv_results_, fixed)


def _ranked(results: Mapping[str, Sequence[Any]], fixed: Mapping[str, Any]) -> list[dict[str, Any]]:
    tried = pd.DataFrame(
        {
            "cv_roc_auc": results["mean_test_score"],
            "cv_roc_auc_std": results["std_test_score"],
            "round": results.get("iter", 0),
            "params": [
                {**fixed, **{_NAME.get(n, n.removeprefix("model__")): v for n, v in params.items()}}
                for params in results["params"]
            ],
        }
    )
    tried["tie"] = tried["cv_roc_auc"].round(9)
    best_first = tried.sort_values(["round", "tie"], ascending=False, kind="stable")
    best_first["rank"] = range(1, len(tried) + 1)
    return best_first[["params", "cv_roc_auc", "cv_roc_auc_std", "rank"]].to_dict("records")
