"""Preparation of features that SQL can repeat: clip, log, centre, scale."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from models_py.segmentation.spec import SegmentationSpec


@dataclass(frozen=True)
class Scaling:
    """What turns raw features into the vectors that are clustered, one entry per feature.

    Attributes
    ----------
    lower, upper : ndarray of shape (n_features,)
        Bounds to which a raw value is clipped.
    is_log : ndarray of bool of shape (n_features,)
        Whether log(1 + x) is taken after that.
    center, scale : ndarray of shape (n_features,)
        Subtracted, then divided by.
    """

    lower: np.ndarray
    upper: np.ndarray
    is_log: np.ndarray
    center: np.ndarray
    scale: np.ndarray

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Return the scaled vectors of raw values of shape (n_customers, n_features)."""
        return (_logged(np.clip(values, self.lower, self.upper), self.is_log) - self.center) / (
            self.scale
        )

    def undo(self, vectors: np.ndarray) -> np.ndarray:
        """Return the raw values of scaled vectors of shape (n_vectors, n_features)."""
        values = vectors * self.scale + self.center
        values[:, self.is_log] = np.expm1(values[:, self.is_log])
        return values


def fit_scaling(frame: pd.DataFrame, spec: SegmentationSpec) -> Scaling:
    """Learn bounds, centre and scale of the features of a specification.

    Parameters
    ----------
    frame : DataFrame of shape (n_customers, n_columns)
        Holds at least the columns of `spec.features`.
    spec : SegmentationSpec

    Returns
    -------
    Scaling
        Rounded to `spec.digits`. A constant feature has scale 1, so that it says nothing.

    Raises
    ------
    ValueError
        If a feature is absent, not a number, null, infinite, or negative where its log is taken.
    """
    values = feature_values(frame, spec)
    is_log = np.isin(spec.features, spec.log_features)
    lower, upper = np.round(np.percentile(values, spec.winsor_percentiles, axis=0), spec.digits)
    prepared = _logged(np.clip(values, lower, upper), is_log)
    center, scale = _center_and_scale(prepared, spec.scaler)
    scale = np.round(scale, spec.digits)
    scale[scale == 0] = 1
    return Scaling(lower, upper, is_log, np.round(center, spec.digits), scale)


def feature_values(frame: pd.DataFrame, spec: SegmentationSpec) -> np.ndarray:
    """Return the features of a specification as doubles of shape (n_customers, n_features).

    Raises
    ------
    ValueError
        As `fit_scaling`; the message is one line that names the column.
    """
    columns = []
    for name in spec.features:
        where = f"{spec.dataset}_features.{name}"
        if name not in frame:
            raise ValueError(f"{where} does not exist: correct features in config.meta.")
        try:
            column = frame[name].to_numpy(dtype=float, na_value=np.nan)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{where} is not a number: leave it out of features.") from error
        n_missing = int((~np.isfinite(column)).sum())
        if n_missing:
            raise ValueError(
                f"{where} is null or not finite for {n_missing} of {len(column)} customers:"
                " fill it in the features model, or leave it out of features."
            )
        if name in spec.log_features and (column < 0).any():
            raise ValueError(f"{where} is negative: its log cannot be taken; see log_features.")
        columns.append(column)
    return np.column_stack(columns)


def _logged(values: np.ndarray, is_log: np.ndarray) -> np.ndarray:
    logged = values.copy()
    logged[:, is_log] = np.log1p(values[:, is_log])
    return logged


def _center_and_scale(values: np.ndarray, scaler: str) -> tuple[np.ndarray, np.ndarray]:
    if scaler == "standard":
        fitted = StandardScaler().fit(values)
        return fitted.mean_, fitted.scale_
    if scaler == "robust":
        fitted = RobustScaler().fit(values)
        return fitted.center_, fitted.scale_
    fitted = MinMaxScaler().fit(values)
    return fitted.data_min_, fitted.data_range_.copy()
