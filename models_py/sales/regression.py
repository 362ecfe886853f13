"""Tweedie regression: the amount that a customer buys, mostly nothing and sometimes much.

Jorgensen and de Souza (1994), Fitting Tweedie's Compound Poisson Model to Insurance Claims Data,
Scandinavian Actuarial Journal, 69-93: a Poisson number of orders of gamma distributed amounts has
a variance that goes with a power of the mean between 1 and 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import TweedieRegressor
from threadpoolctl import threadpool_limits


@dataclass(frozen=True)
class TweedieRegression:
    """The expected amount is exp(intercept) times (1 + feature) ** coefficient of every feature.

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
    ) -> "TweedieRegression":
        """Return the regression of amounts on what was known before they were bought.

        Parameters
        ----------
        features : DataFrame of shape (n_rows, n_features)
            Numbers; below 0 counts as 0.
        amounts : ndarray of shape (n_rows,)
            From 0, and at least one of them above it.
        settings : mapping
            `power` (of the mean, in the variance) and `penalty` (of the squares of standardised
            coefficients, where the mean amount is 1).
        """
        logs = _logs(features)
        spread = np.where(logs.std(axis=0) > 0, logs.std(axis=0), 1.0)
        unit = amounts.mean()
        model = TweedieRegressor(
            power=settings["power"],
            alpha=settings["penalty"],
            link="log",
            solver="newton-cholesky",
            max_iter=1000,
        )
        with threadpool_limits(1):
            model.fit((logs - logs.mean(axis=0)) / spread, amounts / unit)
        weights = model.coef_ / spread
        intercept = float(model.intercept_ + np.log(unit) - logs.mean(axis=0) @ weights)
        return cls(intercept, dict(zip(features.columns, weights.tolist(), strict=True)))

    def values(self, features: pd.DataFrame) -> np.ndarray:
        """Return the expected amounts."""
        weights = np.array(list(self.coefficients.values()))
        return np.exp(self.intercept + _logs(features[list(self.coefficients)]) @ weights)

    def with_sum(self, features: pd.DataFrame, total: float) -> "TweedieRegression":
        """Return the same regression at the level at which these customers sum to a total."""
        shift = np.log(total / self.values(features).sum())
        return TweedieRegression(self.intercept + float(shift), self.coefficients)


def _logs(features: pd.DataFrame) -> np.ndarray:
    return np.log1p(np.maximum(features.to_numpy(float), 0))
