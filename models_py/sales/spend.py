"""Gamma-Gamma: what an order of a customer is worth.

Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value,
http://brucehardie.com/notes/025. Amounts of a customer are gamma distributed (shape `p`) around a
mean of his own, whose rate is gamma distributed (shape `q`, rate `gamma`).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from models_py.sales.likelihood import most_likely

BOUNDS = ((np.log(1e-3), np.log(1e4)), (np.log(1.01), np.log(1e4)), (np.log(1e-3), np.log(1e4)))
"""Of the logarithms of p, q and gamma / mean amount; with q at 1 there is no mean of means."""
STARTS = ((2.0, 3.0, 2.0), (6.0, 4.0, 1.0))
"""Of p, q and gamma / mean amount."""


@dataclass(frozen=True)
class GammaGamma:
    """Fitted parameters.

    Attributes
    ----------
    p, q : float
        Shapes.
    gamma : float
        Rate, in the unit of amounts.
    """

    p: float
    q: float
    gamma: float

    @classmethod
    def fit(cls, orders: np.ndarray, mean_amount: np.ndarray) -> "GammaGamma":
        """Return the parameters of largest likelihood.

        Parameters
        ----------
        orders : ndarray of shape (n_customers,)
            Orders of each, at least one.
        mean_amount : ndarray of shape (n_customers,)
            Their mean amount, above 0.
        """
        unit = float(np.mean(mean_amount))

        p, q, gamma = most_likely(
            lambda parameters: cls(*parameters).log_likelihood(orders, mean_amount / unit),
            STARTS,
            BOUNDS,
        )
        return cls(p, q, gamma * unit)

    def log_likelihood(self, orders: np.ndarray, mean_amount: np.ndarray) -> float:
        """Return the mean logarithm of the likelihood of a customer (equation 1a)."""
        p, q, gamma, n = self.p, self.q, self.gamma, orders
        return float(
            np.mean(
                gammaln(p * n + q)
                - gammaln(p * n)
                - gammaln(q)
                + q * np.log(gamma)
                + (p * n - 1) * np.log(mean_amount)
                + p * n * np.log(n)
                - (p * n + q) * np.log(gamma + n * mean_amount)
            )
        )

    def expected_order_value(self, orders: np.ndarray, amount: np.ndarray) -> np.ndarray:
        """Return the expected amount of an order, given the amount of all so far (equation 5)."""
        return self.p * (self.gamma + amount) / (self.p * orders + self.q - 1)
