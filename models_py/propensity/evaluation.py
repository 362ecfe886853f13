"""Out-of-fold scores: every row scored by a fit that did not see it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from imblearn.pipeline import Pipeline
from joblib import Parallel, delayed
from sklearn.inspection import permutation_importance
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from threadpoolctl import threadpool_limits

from models_py.propensity.calibration import fit_none
from models_py.propensity.families import LOG_ODDS_FAMILIES, raw_scores


def stratified_folds(
    groups: np.ndarray | None, n_splits: int, random_state: int
) -> StratifiedKFold | StratifiedGroupKFold:
    """Return what draws folds with equal shares of both outcomes.

    Parameters
    ----------
    groups : ndarray of shape (n,) or None
        Rows with equal values are all in one fold; None where each row is by itself.
    n_splits, random_state : int
        Number of folds, and their seed.
    """
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    return kind(n_splits, shuffle=True, random_state=random_state)


def out_of_fold(
    pipelines: Mapping[tuple[str, str], Pipeline],
    matrix: np.ndarray,
    converted: np.ndarray,
    n_splits: int,
    repeats: Sequence[int],
    random_state: int,
    n_jobs: int = 1,
    groups: np.ndarray | None = None,
) -> pd.DataFrame:
    """Cross-validate pipelines on the same stratified folds.

    Parameters
    ----------
    pipelines : mapping of (family, imbalance) to unfitted Pipeline
        At least one.
    matrix : ndarray of shape (n, n_features)
        From `as_matrix`.
    converted : ndarray of shape (n,)
        0 or 1.
    n_splits : int
        Folds.
    repeats : sequence of int
        Which repetitions of the folds to run, counted from 0; at least one.
    random_state : int
        Repetition r draws its folds with `random_state` + r.
    n_jobs : int
        Processes; each fits on one thread.
    groups : ndarray of shape (n,), optional
        As in `stratified_folds`.

    Returns
    -------
    DataFrame of shape (n * n_repeats * n_pipelines, 7)
        `family`, `imbalance`, `repeat`, `fold`, `row` (position in the matrix), `raw_score`,
        `converted`, sorted by the first three and row.
    """
    splits = [
        (repeat, fold, fit_rows, test_rows)
        for repeat in repeats
        for fold, (fit_rows, test_rows) in enumerate(
            stratified_folds(groups, n_splits, random_state + repeat).split(
                matrix, converted, groups
            )
        )
    ]
    tasks = [(key, *split) for key in pipelines for split in splits]
    scored = Parallel(n_jobs=n_jobs)(
        delayed(_fit_and_score)(
            pipelines[key], matrix[fit_rows], converted[fit_rows], matrix[test_rows]
        )
        for key, _, _, fit_rows, test_rows in tasks
    )
    parts = [
        pd.DataFrame(
            {
                "family": family,
                "imbalance": imbalance,
                "repeat": repeat,
                "fold": fold,
                "row": test_rows,
                "raw_score": scores,
                "converted": converted[test_rows],
            }
        )
        for ((family, imbalance), repeat, fold, _, test_rows), scores in zip(
            tasks, scored, strict=True
        )
    ]
    order = ["family", "imbalance", "repeat", "row"]
    return pd.concat(parts).sort_values(order, ignore_index=True)


def imbalance_losses(scores: pd.DataFrame) -> dict[str, dict[str, np.ndarray]]:
    """Return the log loss of every fold by family and way to treat imbalance.

    Parameters
    ----------
    scores : DataFrame
        From `out_of_fold`.

    Returns
    -------
    dict of str to dict of str to ndarray of shape (n_folds,)
        Probabilities are clipped to [1/(2n), 1 - 1/(2n)], n rows, so that one pure leaf does not
        decide.
    """
    n = scores["row"].nunique()
    losses: dict[str, dict[str, np.ndarray]] = {}
    for (family, imbalance), part in scores.groupby(["family", "imbalance"]):
        probability = fit_none(family in LOG_ODDS_FAMILIES)(part["raw_score"].to_numpy())
        clipped = part.assign(probability=np.clip(probability, 1 / (2 * n), 1 - 1 / (2 * n)))
        folds = clipped.groupby(["repeat", "fold"])
        by_fold = [log_loss(fold["converted"], fold["probability"]) for _, fold in folds]
        losses.setdefault(family, {})[imbalance] = np.array(by_fold)
    return losses


def choose(losses: Mapping[str, np.ndarray]) -> str:
    """Return the option with the least mean loss, or the first one if none is clearly better.

    An option is clearly better if the mean of its paired differences to the first is below zero
    by more than their standard error (Breiman et al., 1984, choose the simplest model by the same
    rule).

    Parameters
    ----------
    losses : mapping of str to ndarray of shape (n,)
        Losses on the same folds or rows, the simplest option first; n > 1.

    Returns
    -------
    str
    """
    default, *others = losses
    mean = {default: float(np.mean(losses[default]))}
    for other in others:
        difference = losses[other] - losses[default]
        if -difference.mean() > difference.std(ddof=1) / np.sqrt(len(difference)):
            mean[other] = float(np.mean(losses[other]))
    return min(mean, key=lambda option: round(mean[option], 9))


def importance(
    pipeline: Pipeline,
    matrix: np.ndarray,
    converted: np.ndarray,
    features: Sequence[str],
    n_repeats: int,
    seed: int,
) -> list[dict[str, Any]]:
    """Return how far the ROC AUC falls when a feature's values are shuffled among rows.

    Parameters
    ----------
    pipeline : fitted Pipeline
    matrix : ndarray of shape (n, n_features)
        Rows that the pipeline was not fitted on.
    converted : ndarray of shape (n,)
        0 or 1.
    features : sequence of str
        Names of the columns of the matrix.
    n_repeats, seed : int
        Shuffles per feature, and their seed.

    Returns
    -------
    list of dict
        `feature`, `importance` (mean over shuffles), `std`.
    """
    with threadpool_limits(1):
        result = permutation_importance(
            pipeline, matrix, converted, scoring="roc_auc", n_repeats=n_repeats, random_state=seed
        )
    return [
        {"feature": feature, "importance": float(mean), "std": float(std)}
        for feature, mean, std in zip(
            features, result.importances_mean, result.importances_std, strict=True
        )
    ]


def _fit_and_score(
    pipeline: Pipeline, matrix: np.ndarray, converted: np.ndarray, test_matrix: np.ndarray
) -> np.ndarray:
    with threadpool_limits(1):
        return raw_scores(pipeline.fit(matrix, converted), test_matrix)
