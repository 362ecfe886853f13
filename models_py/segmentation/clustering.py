"""Candidate solutions of three algorithms and their measures of quality."""

from dataclasses import dataclass, field

import numpy as np
from scipy.cluster.hierarchy import cut_tree, ward
from sklearn.cluster import DBSCAN, KMeans
from sklearn.metrics import (
    calinski_harabasz_score,
    davies_bouldin_score,
    pairwise_distances,
    silhouette_samples,
    silhouette_score,
)
from sklearn.neighbors import NearestNeighbors

from models_py.segmentation.knee import knee_index
from models_py.segmentation.stability import Stability

NOISE = -1
MEASURES = ("inertia", "silhouette", "davies_bouldin", "calinski_harabasz")


@dataclass
class Candidate:
    """One clustering of the customers that are compared.

    Attributes
    ----------
    algorithm : {'kmeans', 'hierarchical', 'dbscan'}
    params : dict
        What tells it from the other candidates of its algorithm.
    labels : ndarray of int
        Cluster of each customer; -1 is noise.
    quality : dict
        `inertia`, `silhouette`, `davies_bouldin`, `calinski_harabasz`; None where undefined.
    model : KMeans or None
    stability : Stability or None
        Measured for k-means only, the one that is served.
    tree : ndarray of shape (n_customers - 1, 4) or None
        Linkage that a hierarchical clustering is a cut of, as scipy has it: the two nodes that are
        joined, their distance, and the customers below.
    """

    algorithm: str
    params: dict
    labels: np.ndarray
    quality: dict[str, float | None] = field(default_factory=dict)
    model: KMeans | None = None
    stability: Stability | None = None
    tree: np.ndarray | None = None

    @property
    def n_clusters(self) -> int:
        """Clusters found, noise left out."""
        return len(np.unique(self.labels[self.labels != NOISE]))

    @property
    def noise_share(self) -> float:
        """Share of the customers in no cluster."""
        return float(np.mean(self.labels == NOISE))

    @property
    def min_share(self) -> float:
        """Share of the customers in the smallest cluster, of all of them for k-means."""
        labels = self.labels if self.model is None else self.model.labels_
        sizes = np.unique(labels[labels != NOISE], return_counts=True)[1]
        return float(sizes.min(initial=len(labels)) / len(labels)) if len(sizes) else 0.0

    def renumber(self, values: np.ndarray) -> np.ndarray:
        """Change the labels to numbers from 1 by falling mean value of their customers.

        Parameters
        ----------
        values : ndarray of shape (n_labels,)
            One value per entry of `labels`.

        Returns
        -------
        ndarray of int of shape (n_clusters,)
            The former labels in their new order.
        """
        former = np.unique(self.labels[self.labels != NOISE])
        means = [np.round(values[self.labels == label].mean(), 6) for label in former]
        order = former[np.argsort(-np.array(means), kind="stable")]
        number = {label: at for at, label in enumerate(order, start=1)} | {NOISE: NOISE}
        self.labels = np.array([number[label] for label in self.labels])
        return order


def fit_kmeans(
    vectors: np.ndarray,
    compared: np.ndarray,
    n_clusters: int,
    *,
    n_init: int,
    random_state: int,
) -> Candidate:
    """Fit k-means to all vectors by Lloyd's algorithm from k-means++ starts."""
    model = KMeans(n_clusters, n_init=n_init, random_state=random_state).fit(vectors)
    return Candidate("kmeans", {"n_clusters": n_clusters}, model.labels_[compared], model=model)


def fit_hierarchical(vectors: np.ndarray, cluster_counts: list[int]) -> list[Candidate]:
    """Cut one tree of Ward's linkage at each of several numbers of clusters."""
    if not cluster_counts:
        return []
    tree = ward(vectors)
    labels = cut_tree(tree, cluster_counts)
    return [
        Candidate(
            "hierarchical", {"linkage": "ward", "n_clusters": count}, labels[:, at], tree=tree
        )
        for at, count in enumerate(cluster_counts)
    ]


def fit_dbscan(vectors: np.ndarray, min_samples: int, digits: int) -> Candidate:
    """Fit DBSCAN with its radius at the knee of the k-distance curve.

    The curve is the distance of each customer to the `min_samples`-th nearest, itself counted as
    DBSCAN counts it, in rising order.

    References
    ----------
    Ester, Kriegel, Sander, Xu (1996): A density-based algorithm for discovering clusters.
    """
    neighbours = NearestNeighbors(n_neighbors=min(min_samples, len(vectors))).fit(vectors)
    curve = np.sort(neighbours.kneighbors(vectors)[0][:, -1])
    radius = round(float(curve[knee_index(curve)]), digits)
    params = {"min_samples": min_samples, "radius": radius}
    if radius == 0:
        return Candidate("dbscan", params, np.full(len(vectors), NOISE))
    labels = DBSCAN(eps=radius, min_samples=min_samples).fit_predict(vectors)
    return Candidate("dbscan", params, labels)


def measure_quality(candidates: list[Candidate], vectors: np.ndarray) -> None:
    """Fill in the quality of candidates, all of them on the same customers, noise left out.

    Parameters
    ----------
    candidates : list of Candidate
        `labels` of each as long as `vectors`.
    vectors : ndarray of shape (n_customers, n_features)
    """
    distances = pairwise_distances(vectors)
    for candidate in candidates:
        kept = candidate.labels != NOISE
        candidate.quality = (
            _quality(vectors, distances, candidate.labels)
            if kept.all()
            else _quality(vectors[kept], distances[np.ix_(kept, kept)], candidate.labels[kept])
            | {"inertia": None}
        )


def customer_silhouettes(candidate: Candidate, vectors: np.ndarray) -> np.ndarray | None:
    """Return how much nearer each customer is to its own cluster than to the next one.

    Parameters
    ----------
    candidate : Candidate
        Without noise.
    vectors : ndarray of shape (n_customers, n_features)

    Returns
    -------
    ndarray of shape (n_customers,) or None
        -1 to 1, 0 for a customer that is a cluster of its own; None with fewer than two clusters.

    References
    ----------
    Rousseeuw (1987): Silhouettes: a graphical aid to the interpretation and validation of cluster
    analysis.
    """
    if not 1 < candidate.n_clusters < len(vectors):
        return None
    return silhouette_samples(vectors, candidate.labels)


def _quality(
    vectors: np.ndarray, distances: np.ndarray, labels: np.ndarray
) -> dict[str, float | None]:
    quality: dict[str, float | None] = dict.fromkeys(MEASURES)
    if len(labels):
        quality["inertia"] = _inertia(vectors, labels)
    if 1 < len(np.unique(labels)) < len(labels):
        quality["silhouette"] = silhouette_score(distances, labels, metric="precomputed")
        quality["davies_bouldin"] = davies_bouldin_score(vectors, labels)
        quality["calinski_harabasz"] = calinski_harabasz_score(vectors, labels)
    return quality


def _inertia(vectors: np.ndarray, labels: np.ndarray) -> float:
    return float(
        sum(
            ((vectors[labels == label] - vectors[labels == label].mean(axis=0)) ** 2).sum()
            for label in np.unique(labels)
        )
    )
