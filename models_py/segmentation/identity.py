"""Numbers of segments that outlive the fit that first gave them."""

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist


def inherited_ids(
    centroids: np.ndarray, stored: np.ndarray, stored_ids: np.ndarray, highest_id: int
) -> np.ndarray:
    """Return the ids of new segments: that of the stored segment which each continues.

    New centroids are matched one to one to stored ones with the least sum of squared distances.
    A segment without a match gets the next free number; numbers are never used again.

    Parameters
    ----------
    centroids : ndarray of shape (n_segments, n_features)
        New centroids, in the scaled units of the stored ones, the most valuable first.
    stored : ndarray of shape (n_stored, n_features)
        Centroids of the stored fit.
    stored_ids : ndarray of int of shape (n_stored,)
        Their segments' ids.
    highest_id : int
        Largest id ever given in this data set.

    Returns
    -------
    ndarray of int of shape (n_segments,)

    References
    ----------
    Kuhn (1955): The Hungarian method for the assignment problem; scipy's linear_sum_assignment.
    """
    ids = np.zeros(len(centroids), dtype=int)
    new, old = linear_sum_assignment(cdist(centroids, stored, "sqeuclidean"))
    ids[new] = stored_ids[old]
    unmatched = ids == 0
    ids[unmatched] = highest_id + 1 + np.arange(unmatched.sum())
    return ids
