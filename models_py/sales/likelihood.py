"""Parameters of largest likelihood."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import minimize


def most_likely(
    log_likelihood: Callable[[np.ndarray], float],
    starts: Sequence[Sequence[float]],
    bounds: Sequence[tuple[float, float]],
) -> list[float]:
    """Return the positive parameters with the largest likelihood found from any of the starts.

    Parameters
    ----------
    log_likelihood : callable
        Takes the parameters, an ndarray of shape (n_parameters,).
    starts : sequence of sequences of float
        Parameters to search from.
    bounds : sequence of pairs of float
        Least and largest logarithm of each parameter.
    """
    found = [
        minimize(
            lambda logarithms: -log_likelihood(np.exp(logarithms)),
            np.log(start),
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 1000, "ftol": 1e-13, "gtol": 1e-8},
        )
        for start in starts
    ]
    return np.exp(min(found, key=lambda result: result.fun).x).tolist()
