"""What a segmentation is fitted on and how, as stated in YAML."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

SCALERS = ("standard", "robust", "minmax")


@dataclass(frozen=True)
class SegmentationSpec:
    """Columns, preparation, search and rule of choice of one data set's segments.

    Attributes
    ----------
    dataset : str
        Name of the data set, for instance 'retail'.
    value_feature : str
        Column by whose mean segments are first numbered, the largest first.
    features : tuple of str
        Columns that are clustered, in the order of the vectors.
    log_features : tuple of str
        Those of `features` that are taken as log(1 + x); they must not be negative.
    scaler : {'standard', 'robust', 'minmax'}
        What centres and scales each feature after that.
    winsor_percentiles : tuple of float
        Lower and upper percentile, 0 to 100, at which each feature is clipped first.
    min_clusters, max_clusters : int
        Range of k.
    n_init : int
        Starts of k-means on all customers; the one of least inertia is kept.
    resamples : int
        Bootstrap resamples per k.
    resample_n_init : int
        Starts of k-means on a resample.
    dbscan_min_samples : tuple of int
        Customers that make a dense neighbourhood; one DBSCAN candidate for each.
    max_compared : int
        Customers, drawn at random, to whom what costs their square is limited: silhouettes,
        Ward's tree, DBSCAN and the size of a resample.
    min_jaccard, min_share : float
        A solution is stable when each of its clusters has this mean Jaccard and share.
    keep_jaccard : float
        The k of the previous generation is kept while no cluster falls below this.
    random_state : int
        Seed of everything that is drawn.
    digits : int
        Digits to which learned figures are rounded before they are stored and applied.
    """

    dataset: str
    value_feature: str
    features: tuple[str, ...]
    scaler: str
    winsor_percentiles: tuple[float, float]
    min_clusters: int
    max_clusters: int
    n_init: int
    resamples: int
    resample_n_init: int
    dbscan_min_samples: tuple[int, ...]
    max_compared: int
    min_jaccard: float
    min_share: float
    keep_jaccard: float
    random_state: int
    digits: int
    log_features: tuple[str, ...] = ()

    @classmethod
    def from_meta(cls, meta: Mapping[str, Any]) -> "SegmentationSpec":
        """Read a specification from the `segmentation` entry of a features model's `config.meta`.

        Raises
        ------
        ValueError
            If a key is missing or unknown, or a value cannot be meant; the message is one line.
        """
        name = f"config.meta.segmentation of {meta.get('dataset', '?')}_features"
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(meta) - known)
        missing = sorted(known - {"log_features"} - set(meta))
        if unknown or missing:
            wrong = [f"unknown key {key}" for key in unknown]
            wrong += [f"missing key {key}" for key in missing]
            raise ValueError(f"{name}: {', '.join(wrong)}.")
        values = {
            key: tuple(value) if isinstance(value, list | tuple) else value
            for key, value in meta.items()
        }
        spec = cls(**values)
        problem = spec._problem()
        if problem:
            raise ValueError(f"{name}: {problem}.")
        return spec

    def as_params(self) -> dict[str, Any]:
        """Return the specification as a JSON-serialisable mapping."""
        return asdict(self)

    def _problem(self) -> str | None:
        low, high = self.winsor_percentiles
        checks = [
            (not self.features, "features is empty: name at least one column"),
            (
                len(set(self.features)) < len(self.features),
                "features names a column twice",
            ),
            (
                not set(self.log_features) <= set(self.features),
                "log_features names a column that is not in features",
            ),
            (self.scaler not in SCALERS, f"scaler must be one of {', '.join(SCALERS)}"),
            (
                not 0 <= low < high <= 100,
                "winsor_percentiles must be two rising numbers from 0 to 100",
            ),
            (
                not 2 <= self.min_clusters <= self.max_clusters,
                "min_clusters must be at least 2 and at most max_clusters",
            ),
            (self.resamples < 1, "resamples must be at least 1"),
        ]
        return next((message for failed, message in checks if failed), None)
