"""The map of the segments: principal components that SQL can apply."""

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA


@dataclass(frozen=True)
class Projection:
    """Principal components of scaled vectors.

    Attributes
    ----------
    mean : ndarray of shape (n_features,)
        Subtracted before the projection.
    loadings : ndarray of shape (n_components, n_features)
        The largest entry of each component is positive.
    explained_variance : ndarray of shape (n_components,)
        Share of the variance, 0 to 1.
    """

    mean: np.ndarray
    loadings: np.ndarray
    explained_variance: np.ndarray


def fit_projection(vectors: np.ndarray, digits: int, n_components: int = 2) -> Projection:
    """Fit a PCA and fix the sign of its components.

    Where there are fewer features or customers than components, or no variance, the missing ones
    are zero.
    """
    n_features = vectors.shape[1]
    loadings = np.zeros((n_components, n_features))
    explained = np.zeros(n_components)
    if len(vectors) > 1 and np.ptp(vectors, axis=0).any():
        pca = PCA(min(n_components, *vectors.shape), svd_solver="full").fit(vectors)
        largest = np.abs(np.round(pca.components_, digits)).argmax(axis=1)
        signs = np.sign(pca.components_[np.arange(len(largest)), largest])
        loadings[: len(signs)] = pca.components_ * signs[:, None]
        explained[: len(signs)] = pca.explained_variance_ratio_
    return Projection(
        np.round(vectors.mean(axis=0), digits),
        np.round(loadings, digits),
        np.round(explained, digits),
    )
