"""A fitted segmentation as one row of nested columns, for SQL to unnest."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from models_py.runs import describe_run
from models_py.segmentation.clustering import Candidate
from models_py.segmentation.projection import Projection
from models_py.segmentation.scaling import Scaling
from models_py.segmentation.schema import SCHEMA
from models_py.segmentation.spec import SegmentationSpec


@dataclass(frozen=True)
class FittedSegmentation:
    """Everything that was learned about one data set.

    Attributes
    ----------
    frame : DataFrame of shape (n_customers, 1 + n_features)
        What the model was fitted on.
    customer_ids : ndarray of str
        Customers that the labels of the candidates belong to, in their order.
    segment_ids : ndarray of int of shape (n_segments,)
    highest_id : int
        Largest id that was ever given to a segment of the data set.
    centroids : ndarray of shape (n_segments, n_features)
        Of each segment, rounded.
    jaccard : ndarray of shape (n_segments,)
        Stability of each segment.
    silhouettes : ndarray of shape (n_compared,) or None
        Of the customers in `customer_ids`, in the segments that are served.
    tree : ndarray of shape (n_compared - 1, 4) or None
        Ward's linkage of them, as scipy has it.
    rule : str
        Why `selected` was selected.
    """

    spec: SegmentationSpec
    frame: pd.DataFrame
    customer_ids: np.ndarray
    scaling: Scaling
    segment_ids: np.ndarray
    highest_id: int
    centroids: np.ndarray
    jaccard: np.ndarray
    projection: Projection
    silhouettes: np.ndarray | None
    tree: np.ndarray | None
    candidates: list[Candidate]
    selected: Candidate
    rule: str
    elbow: Candidate


@dataclass(frozen=True)
class StoredSegmentation:
    """What a new fit inherits from a stored one.

    Attributes
    ----------
    features : tuple of str
        Columns in the order of the vectors.
    ids : ndarray of int of shape (n_segments,)
    highest_id : int
        Largest id that was ever given.
    centroids : ndarray of shape (n_segments, n_features)
        In the units of `scaling`.
    """

    features: tuple[str, ...]
    scaling: Scaling
    ids: np.ndarray
    highest_id: int
    centroids: np.ndarray


def stored_segmentation(stored: pa.Table | None) -> StoredSegmentation | None:
    """Read back a table of `as_table`; None where there is none."""
    if stored is None:
        return None
    row = stored.select(["features", "centroids", "highest_segment_id"]).to_pylist()[0]
    features = sorted(row["features"], key=itemgetter("position"))
    return StoredSegmentation(
        features=tuple(each["feature"] for each in features),
        scaling=Scaling(
            *(
                _column(features, name)
                for name in ("lower_bound", "upper_bound", "is_log", "center", "scale")
            )
        ),
        ids=_column(row["centroids"], "segment_id"),
        highest_id=row["highest_segment_id"],
        centroids=_column(row["centroids"], "vector"),
    )


def _column(rows: Sequence[dict[str, Any]], name: str) -> np.ndarray:
    return np.array([row[name] for row in rows])


def as_table(fitted: FittedSegmentation) -> pa.Table:
    """Return a fitted segmentation as a table of one row of `SCHEMA`."""
    spec = fitted.spec
    candidates = _candidates(fitted)
    selected = next(each for each in candidates if each["is_selected"])
    measures = ("n_clusters", "silhouette", "min_jaccard", "mean_jaccard", "mean_adjusted_rand")
    metrics = {name: selected[name] for name in measures} | {"selected_by": fitted.rule}
    params = spec.as_params() | {"segment_ids": sorted(map(int, fitted.segment_ids))}
    row = {
        **describe_run("segmentation", spec.dataset, "kmeans", fitted.frame, params),
        "metrics": json.dumps(metrics, sort_keys=True),
        "features": _features(fitted),
        "centroids": [
            {"segment_id": int(at), "vector": vector.tolist(), "jaccard": _figure(jaccard, spec)}
            for at, vector, jaccard in sorted(
                zip(fitted.segment_ids, fitted.centroids, fitted.jaccard, strict=True),
                key=itemgetter(0),
            )
        ],
        "components": [
            {
                "component": at,
                "explained_variance": explained,
                "mean": fitted.projection.mean.tolist(),
                "loadings": loadings.tolist(),
            }
            for at, (explained, loadings) in enumerate(
                zip(
                    fitted.projection.explained_variance.tolist(),
                    fitted.projection.loadings,
                    strict=True,
                ),
                start=1,
            )
        ],
        "candidates": candidates,
        "customer_ids": fitted.customer_ids.tolist(),
        "silhouettes": _silhouettes(fitted),
        "linkage": _linkage(fitted),
        "highest_segment_id": int(fitted.highest_id),
    }
    return pa.Table.from_pylist([row], schema=SCHEMA)


def _features(fitted: FittedSegmentation) -> list[dict[str, Any]]:
    scaling = fitted.scaling
    return [
        {
            "feature": feature,
            "position": at + 1,
            "is_log": bool(scaling.is_log[at]),
            "lower_bound": float(scaling.lower[at]),
            "upper_bound": float(scaling.upper[at]),
            "center": float(scaling.center[at]),
            "scale": float(scaling.scale[at]),
        }
        for at, feature in enumerate(fitted.spec.features)
    ]


def _silhouettes(fitted: FittedSegmentation) -> list[dict[str, Any]]:
    if fitted.silhouettes is None:
        return []
    return [
        {"customer_id": customer_id, "silhouette": _figure(silhouette, fitted.spec)}
        for customer_id, silhouette in zip(fitted.customer_ids, fitted.silhouettes, strict=True)
    ]


def _linkage(fitted: FittedSegmentation) -> list[dict[str, Any]]:
    """Return the tree with nodes from 1: first the customers in their order, then each step's."""
    if fitted.tree is None:
        return []
    return [
        {
            "step": step,
            "left_node": int(left) + 1,
            "right_node": int(right) + 1,
            "distance": _figure(distance, fitted.spec),
            "customers": int(customers),
        }
        for step, (left, right, distance, customers) in enumerate(fitted.tree, start=1)
    ]


def _candidates(fitted: FittedSegmentation) -> list[dict[str, Any]]:
    spec = fitted.spec
    labelled = [fitted.selected, *_best_of_others(fitted.candidates)]
    rows = []
    for candidate in fitted.candidates:
        stability = candidate.stability
        is_labelled = any(candidate is each for each in labelled)
        size = candidate.params.get("n_clusters", candidate.params.get("min_samples"))
        rows.append(
            {
                "candidate_id": f"{spec.dataset}_{candidate.algorithm}_{size}",
                "algorithm": candidate.algorithm,
                "params": json.dumps(candidate.params, sort_keys=True),
                "n_clusters": candidate.n_clusters,
                **{name: _figure(value, spec) for name, value in candidate.quality.items()},
                "min_jaccard": _figure(stability and stability.jaccard.min(), spec),
                "mean_jaccard": _figure(stability and stability.jaccard.mean(), spec),
                "mean_adjusted_rand": _figure(stability and stability.adjusted_rand, spec),
                "min_share": _figure(candidate.min_share, spec),
                "noise_share": _figure(candidate.noise_share, spec),
                "is_elbow": candidate is fitted.elbow,
                "is_selected": candidate is fitted.selected,
                "is_labelled": is_labelled,
                "labels": candidate.labels.tolist() if is_labelled else None,
            }
        )
    return rows


def _best_of_others(candidates: list[Candidate]) -> list[Candidate]:
    """Return the hierarchical and the DBSCAN candidate of best silhouette, -1 where undefined."""
    best = []
    for algorithm in ("hierarchical", "dbscan"):
        own = [candidate for candidate in candidates if candidate.algorithm == algorithm]
        if own:
            best.append(max(own, key=_silhouette))
    return best


def _silhouette(candidate: Candidate) -> float:
    silhouette = candidate.quality["silhouette"]
    return -1 if silhouette is None else silhouette


def _figure(value: float | None, spec: SegmentationSpec) -> float | None:
    return None if value is None else round(float(value), spec.digits)
