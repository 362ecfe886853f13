"""A log-linear regression: the amount that a customer buys as a product of powers of features."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits


@dataclass(frozen=True)
class LogLinear:
    """The expected amount is exp(intercept) times (1 + feature) ** coefficient of every feature.

    Fitted by ridge regression to log(amount + floor). The floor, a share of the median amount of
    those who bought, says how much buying at all counts beside how much: with a small one the
    regression ranks better, and expects too little of those who rarely buy.

    Attributes
    ----------
    intercept : float
    coefficients : mapping of str to float
        By the name of the feature.
    """

    intercept: float
    coefficients: Mapping[str, float]

    @classmethod
    def fit(
        cls, features: pd.DataFrame, amounts: np.ndarray, settings: Mapping[str, Any]
    ) -> "LogLinear":
        """Return the regression of amounts on what was known before they were bought.

        Parameters
        ----------
        features : DataFrame of shape (n_rows, n_features)
            Numbers; below 0 counts as 0.
        amounts : ndarray of shape (n_rows,)
            At least one of them above 0.
        settings : mapping
            `floor_share` and `penalty` (of standardised logarithms).
        """
        logs = _logs(features)
        spread = np.where(logs.std(axis=0) > 0, logs.std(axis=0), 1.0)
        floor = settings["floor_share"] * np.median(amounts[amounts > 0])
        model = Ridge(settings["penalty"])
        with threadpool_limits(1):
            model.fit((logs - logs.mean(axis=0)) / spread, np.log(np.maximum(amounts, 0) + floor))
        weights = model.coef_ / spread
        intercept = float(model.intercept_ - logs.mean(axis=0) @ weights)
        return cls(intercept, dict(zip(features.columns, weights.tolist(), strict=True)))

    def values(self, features: pd.DataFrame) -> np.ndarray:
        """Return the expected amounts."""
        weights = np.array(list(self.coefficients.values()))
        return np.exp(self.intercept + _logs(features[list(self.coefficients)]) @ weights)

    def with_sum(self, features: pd.DataFrame, total: float) -> "LogLinear":
        """Return the same regression at the level at which these customers sum to a total."""
        shift = np.log(total / self.values(features).sum())
        return LogLinear(self.intercept + float(shift), self.coefficients)


def _logs(features: pd.DataFrame) -> np.ndarray:
    return np.log1p(np.maximum(features.to_numpy(float), 0))
