"""From a frame of features to one fitted segmentation, stored as one row."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from threadpoolctl import threadpool_limits

from models_py.errors import CannotFitError
from models_py.segmentation.clustering import (
    Candidate,
    customer_silhouettes,
    fit_dbscan,
    fit_hierarchical,
    fit_kmeans,
    measure_quality,
)
from models_py.segmentation.identity import inherited_ids
from models_py.segmentation.knee import knee_index
from models_py.segmentation.projection import fit_projection
from models_py.segmentation.record import (
    FittedSegmentation,
    StoredSegmentation,
    as_table,
    stored_segmentation,
)
from models_py.segmentation.scaling import Scaling, feature_values, fit_scaling
from models_py.segmentation.selection import choose
from models_py.segmentation.spec import SegmentationSpec
from models_py.segmentation.stability import bootstrap_stability

KEY = "customer_id"


def fit_segmentation(
    frame: pd.DataFrame,
    meta: Mapping[str, Any],
    stored: pa.Table | None = None,
    is_search: bool = True,
) -> pa.Table:
    """Fit, compare and choose the segments of a data set.

    Parameters
    ----------
    frame : DataFrame of shape (n_customers, n_columns)
        One row per customer in any order: `customer_id` and at least the columns that `meta`
        names, in the units of the features model.
    meta : mapping
        A `SegmentationSpec` as it stands in YAML.
    stored : pyarrow.Table, optional
        What this function returned for the generation before. Segments inherit the ids of its
        segments where it has the same features.
    is_search : bool
        Whether k is chosen anew; otherwise the stored k stays while it is stable enough.

    Returns
    -------
    pyarrow.Table
        One row of `record.SCHEMA`. Segments are first numbered from 1 by falling mean of the value
        feature. With fewer than three different customers there is one segment.

    Raises
    ------
    CannotFitError
        If there is no customer, or fewer than three different ones where a fit is stored.
    ValueError
        If the specification or a feature cannot be used.
    """
    spec = SegmentationSpec.from_meta(meta)
    if frame.empty:
        raise CannotFitError(f"{spec.dataset}: there is no customer to segment.")
    frame = frame.sort_values(KEY, ignore_index=True)
    # One thread, so that sums are the same to the last bit on every machine.
    with threadpool_limits(limits=1):
        return as_table(_fit(frame, spec, stored_segmentation(stored), is_search))


def _fit(
    frame: pd.DataFrame, spec: SegmentationSpec, stored: StoredSegmentation | None, is_search: bool
) -> FittedSegmentation:
    is_comparable = stored is not None and stored.features == spec.features
    scaling = fit_scaling(frame, spec)
    vectors = scaling.apply(feature_values(frame, spec))
    compared = _compared_customers(len(vectors), spec)
    cluster_counts = _cluster_counts(vectors[compared], spec)
    if is_comparable and not cluster_counts:
        raise CannotFitError(
            f"{spec.dataset}: {len(frame)} customers, {len(np.unique(vectors, axis=0))} of them"
            f" different, are too few to find segments anew; it takes {spec.min_clusters + 1}"
        )

    served = [_fit_served(vectors, compared, count, spec) for count in cluster_counts or [1]]
    others = fit_hierarchical(vectors[compared], cluster_counts)
    others += [
        fit_dbscan(vectors[compared], min_samples, spec.digits)
        for min_samples in spec.dbscan_min_samples
        if cluster_counts
    ]
    clusters_before = len(stored.ids) if is_comparable and not is_search else None
    choice = choose(served, spec, clusters_before)
    measure_quality(served + others, vectors[compared])
    values = frame[spec.value_feature].to_numpy(float)
    order = _number_by_value(served, others, values, compared, choice.candidate)
    centroids = np.round(choice.candidate.model.cluster_centers_[order], spec.digits)
    ids = _segment_ids(centroids, scaling, stored, is_comparable)
    choice.candidate.labels = ids[choice.candidate.labels - 1]
    return FittedSegmentation(
        spec=spec,
        frame=frame[[KEY, *spec.features]],
        customer_ids=frame[KEY].to_numpy()[compared],
        scaling=scaling,
        segment_ids=ids,
        highest_id=max(ids.max(), stored.highest_id if stored else 0),
        centroids=centroids,
        jaccard=choice.candidate.stability.jaccard[order],
        projection=fit_projection(vectors, spec.digits),
        silhouettes=customer_silhouettes(choice.candidate, vectors[compared]),
        tree=next((candidate.tree for candidate in others if candidate.tree is not None), None),
        candidates=served + others,
        selected=choice.candidate,
        rule=choice.rule,
        elbow=_elbow(served),
    )


def _fit_served(
    vectors: np.ndarray, compared: np.ndarray, n_clusters: int, spec: SegmentationSpec
) -> Candidate:
    candidate = fit_kmeans(
        vectors, compared, n_clusters, n_init=spec.n_init, random_state=spec.random_state
    )
    candidate.stability = bootstrap_stability(
        vectors,
        candidate.model,
        resamples=spec.resamples,
        n_init=spec.resample_n_init,
        max_drawn=spec.max_compared,
        random_state=spec.random_state,
    )
    return candidate


def _compared_customers(n_customers: int, spec: SegmentationSpec) -> np.ndarray:
    if n_customers <= spec.max_compared:
        return np.arange(n_customers)
    random = np.random.default_rng(spec.random_state)
    return np.sort(random.choice(n_customers, spec.max_compared, replace=False))


def _cluster_counts(vectors: np.ndarray, spec: SegmentationSpec) -> list[int]:
    n_different = len(np.unique(vectors, axis=0))
    return list(range(spec.min_clusters, min(spec.max_clusters, n_different - 1) + 1))


def _number_by_value(
    served: list[Candidate],
    others: list[Candidate],
    values: np.ndarray,
    compared: np.ndarray,
    selected: Candidate,
) -> np.ndarray:
    """Renumber all candidates; return the order of the selected one's centroids."""
    for candidate in served + others:
        order = candidate.renumber(values[compared])
        if candidate is selected:
            selected_order = order
    return selected_order


def _segment_ids(
    centroids: np.ndarray, scaling: Scaling, stored: StoredSegmentation | None, is_comparable: bool
) -> np.ndarray:
    first = 1 + (stored.highest_id if stored else 0)
    if not is_comparable:
        return first + np.arange(len(centroids))
    in_stored_units = stored.scaling.apply(scaling.undo(centroids))
    return inherited_ids(in_stored_units, stored.centroids, stored.ids, stored.highest_id)


def _elbow(served: list[Candidate]) -> Candidate:
    return served[knee_index(np.array([candidate.quality["inertia"] for candidate in served]))]
