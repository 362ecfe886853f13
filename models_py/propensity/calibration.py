"""From raw scores to probabilities: nothing, Platt's sigmoid or isotonic regression.

Each calibrator is stored in one of two forms that SQL can apply: a logistic curve
1 / (1 + exp(-(slope * raw + intercept))), or points between which the probability runs straight.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression


@dataclass(frozen=True)
class Calibrator:
    """A map from raw score to probability, as a curve or as points.

    Attributes
    ----------
    method : {'none', 'sigmoid', 'isotonic'}
    slope, intercept : float or None
        Of the logistic curve.
    raw_scores, probabilities : tuple of float
        The points, by rising raw score; outside them the nearest one holds.
    """

    method: str
    slope: float | None = None
    intercept: float | None = None
    raw_scores: tuple[float, ...] = ()
    probabilities: tuple[float, ...] = ()

    def __call__(self, raw: np.ndarray) -> np.ndarray:
        """Return the probabilities of raw scores, both of shape (n,)."""
        if self.slope is None:
            return np.interp(raw, self.raw_scores, self.probabilities)
        return 1 / (1 + np.exp(-(self.slope * raw + self.intercept)))


def fit_none(is_log_odds: bool) -> Calibrator:
    """Return the model's own probability: the logistic curve of log-odds, or the share itself."""
    if is_log_odds:
        return Calibrator("none", slope=1.0, intercept=0.0)
    return Calibrator("none", raw_scores=(0.0, 1.0), probabilities=(0.0, 1.0))


def fit_sigmoid(raw: np.ndarray, converted: np.ndarray) -> Calibrator:
    """Return Platt's logistic curve fitted by maximum likelihood (Platt, 1999)."""
    model = LogisticRegression(C=np.inf, tol=1e-8).fit(raw[:, None], converted)
    return Calibrator(
        "sigmoid", slope=float(model.coef_[0, 0]), intercept=float(model.intercept_[0])
    )


def fit_isotonic(raw: np.ndarray, converted: np.ndarray) -> Calibrator:
    """Return the rising step-and-ramp fit of Zadrozny and Elkan (2002)."""
    model = IsotonicRegression(out_of_bounds="clip").fit(raw, converted)
    return Calibrator(
        "isotonic",
        raw_scores=tuple(model.X_thresholds_.tolist()),
        probabilities=tuple(model.y_thresholds_.tolist()),
    )


METHODS = ("none", "sigmoid", "isotonic")


def fit_calibrator(
    method: str, raw: np.ndarray, converted: np.ndarray, is_log_odds: bool
) -> Calibrator:
    """Return the calibrator of a method fitted on raw scores and outcomes of shape (n,)."""
    match method:
        case "none":
            return fit_none(is_log_odds)
        case "sigmoid":
            return fit_sigmoid(raw, converted)
        case "isotonic":
            return fit_isotonic(raw, converted)
        case _:
            raise ValueError(f"propensity: calibration is {method!r}; use one of {METHODS}")


def fifths(entity_ids: Iterable[str]) -> np.ndarray:
    """Return the fifth of all entities that each one is in, 1 to 5, by md5 of its key alone.

    The macro `fifth_of` says the same in SQL.
    """
    digests = (hashlib.md5(each.encode(), usedforsecurity=False) for each in entity_ids)
    return np.array([1 + 5 * int(digest.hexdigest()[:8], 16) // 2**32 for digest in digests])


def cross_fit(method: str, scores: pd.DataFrame, is_log_odds: bool) -> pd.Series:
    """Return each row's probability from a calibrator that was fitted on the other folds.

    Parameters
    ----------
    method : {'none', 'sigmoid', 'isotonic'}
    scores : DataFrame of shape (n, any)
        `raw_score`, `converted` (0 or 1) and `fold`, as from `out_of_fold`, of one repetition.
    is_log_odds : bool
        Whether raw scores are log-odds rather than shares.

    Returns
    -------
    Series of shape (n,)
        With the index of the scores.
    """
    parts = []
    for fold, held_out in scores.groupby("fold"):
        others = scores[scores["fold"] != fold]
        calibrator = fit_calibrator(
            method, others["raw_score"].to_numpy(), others["converted"].to_numpy(), is_log_odds
        )
        parts.append(pd.Series(calibrator(held_out["raw_score"].to_numpy()), held_out.index))
    return pd.concat(parts).reindex(scores.index)
