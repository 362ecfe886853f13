"""BG/NBD: how often customers order, and whether they still do.

Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the
Pareto/NBD Model, Marketing Science 24 (2), 275-284. While active, a customer orders at a rate of
his own, and leaves after an order with a chance of his own; rates are gamma distributed (shape
`r`, rate `alpha`), chances beta distributed (`a`, `b`).

Everywhere `x` is the number of repeat orders, `t_x` the time of the last one and `age` (the papers'
T) the time until now, both since the first order and in one unit, which is that of `alpha` too.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, gammaln, hyp2f1

from models_py.sales.likelihood import most_likely

BOUNDS = tuple((np.log(1e-6), np.log(upper)) for upper in (1e4, 1e4, 5.0, 1e3))
"""Of the logarithms of r, alpha / mean age, a and b.

Where customers hardly differ in their chance to leave, the likelihood is flat in a and b; far out
there the series of the expectation does not converge.
"""
STARTS = ((0.5, 1.0, 0.5, 2.0), (1.0, 0.5, 1.0, 5.0))
"""Of r, alpha / mean age, a and b."""


@dataclass(frozen=True)
class BgNbd:
    """Fitted parameters.

    Attributes
    ----------
    r, alpha : float
        Shape and rate of the gamma distribution of order rates.
    a, b : float
        Of the beta distribution of the chance to leave after an order.
    """

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fit(cls, x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> "BgNbd":
        """Return the parameters of largest likelihood.

        Parameters
        ----------
        x, t_x, age : ndarray of shape (n_customers,)
        """
        # In units of the mean time, so that every unit has the same starts and bounds.
        unit = float(np.mean(age))

        r, alpha, a, b = most_likely(
            lambda parameters: cls(*parameters).log_likelihood(x, t_x / unit, age / unit),
            STARTS,
            BOUNDS,
        )
        # The expectation has a removable pole there.
        return cls(r, alpha * unit, a if abs(a - 1) > 1e-6 else 1 + 1e-6, b)

    def log_likelihood(self, x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> float:
        """Return the mean logarithm of the likelihood of a customer (equation 6)."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        stays = betaln(a, b + x) - (r + x) * np.log(alpha + age)
        repeats = np.maximum(x, 1)
        left = betaln(a + 1, b + repeats - 1) - (r + x) * np.log(alpha + t_x)
        either = np.where(x > 0, np.logaddexp(stays, left), stays)
        common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
        return float(np.mean(common + either))

    def probability_alive(self, x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> np.ndarray:
        """Return the probability that a customer has not left.

        Fader, Hardie and Lee (2008), Computing P(alive) Using the BG/NBD Model,
        http://brucehardie.com/notes/021.
        """
        return 1 / (1 + self._odds_of_having_left(x, t_x, age))

    def expected_orders(
        self, t: float, x: np.ndarray, t_x: np.ndarray, age: np.ndarray
    ) -> np.ndarray:
        """Return the expected number of orders in the next `t` (equation 10)."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        z = t / (alpha + age + t)
        # By Euler's transformation, because powers of 1 - z and the series would be far apart.
        series = hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, z)
        factor = (a + b + x - 1) / (a - 1) * (1 - (1 - z) ** (a - 1) * series)
        return factor * self.probability_alive(x, t_x, age)

    def purchase_probability(
        self, t: float, x: np.ndarray, t_x: np.ndarray, age: np.ndarray
    ) -> np.ndarray:
        """Return the probability of an order in the next `t`.

        Nobody leaves before an order, so that no order comes from who has left, or in the time
        `t` from an active customer whose rate has the posterior gamma(r + x, alpha + age).
        """
        waits = ((self.alpha + age) / (self.alpha + age + t)) ** (self.r + x)
        return self.probability_alive(x, t_x, age) * (1 - waits)

    def _odds_of_having_left(self, x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> np.ndarray:
        repeats = np.maximum(x, 1)
        odds = self.a / (self.b + repeats - 1)
        odds = odds * ((self.alpha + age) / (self.alpha + t_x)) ** (self.r + x)
        return np.where(x > 0, odds, 0.0)
