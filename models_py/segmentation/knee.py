"""The bend of a curve, computed and not eyeballed."""

import numpy as np


def knee_index(values: np.ndarray) -> int:
    """Return where a monotone curve bends most.

    That is the point farthest from the straight line between its ends, after both axes are
    scaled to [0, 1].

    Parameters
    ----------
    values : ndarray of shape (n_points,)
        Rising or falling, at equal steps.

    Returns
    -------
    int
        Index into `values`; 0 where the curve is flat or has fewer than three points.

    References
    ----------
    Satopää, Albrecht, Irwin, Raghavan (2011): Finding a "Kneedle" in a Haystack.
    """
    if len(values) < 3 or values[-1] == values[0]:
        return 0
    rise = (values - values[0]) / (values[-1] - values[0])
    run = np.linspace(0, 1, len(values))
    return int(np.argmax(np.abs(rise - run)))
