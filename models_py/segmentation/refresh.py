"""Refresh segments: apply the stored ones of each data set, or challenge them by new ones."""

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models_py.errors import CannotFitError
from models_py.refresh import OUTCOME, best_figure, importing, refresh
from models_py.segmentation.schema import SCHEMA

FITTED = pa.schema([*SCHEMA, *OUTCOME])
"""Columns of what serves: a fitted segmentation and what became of it in this build."""


def refresh_segments(
    values: Callable[[str], pa.Table],
    specs: pd.DataFrame,
    decisions: pd.DataFrame,
    stored: pa.Table,
) -> pa.Table:
    """Return the segments that serve in each data set, each decided and fitted by itself.

    The quality of a fit is the mean bootstrap Jaccard of its segments.

    Parameters
    ----------
    values : callable
        Called with the name of a data set that is to be fitted; returns its features as rows:
        `customer_id`, `feature`, `number_value`.
    specs : DataFrame of shape (n_datasets, n_columns)
        `dataset` and `spec`, a `SegmentationSpec` as JSON text.
    decisions : DataFrame of shape (n_datasets, n_columns)
        `dataset`, and the columns that `refresh` reads.
    stored : pyarrow.Table
        Rows of `FITTED`, of these data sets and of others.

    Returns
    -------
    pyarrow.Table
        One row of `FITTED` for each data set of `specs`, by name.
    """
    fits = [FITTED.empty_table()]
    for dataset, text in sorted(zip(specs["dataset"], specs["spec"], strict=True)):
        fit = refresh(
            decisions[decisions["dataset"] == dataset],
            stored.filter(pc.equal(stored["dataset"], dataset)),
            _fit_of(dataset, json.loads(text), values),
            lambda found: best_figure(found, "mean_jaccard"),
        )
        if "dataset" not in fit.column_names:
            fit = fit.append_column("dataset", pa.array([dataset]))
        fits.append(fit)
    return pa.concat_tables(fits, promote_options="permissive")


def customers_of(values: pa.Table, dataset: str) -> pd.DataFrame:
    """Return features as columns: one row per customer, with `customer_id`.

    Parameters
    ----------
    values : pyarrow.Table
        One row per customer and feature: `customer_id`, `feature`, `number_value`.
    dataset : str

    Raises
    ------
    CannotFitError
        If there is no customer.
    """
    if not values.num_rows:
        raise CannotFitError(f"{dataset}: there is no customer to segment.")
    frame = values.select(["customer_id", "feature", "number_value"]).to_pandas()
    wide = frame.pivot(index="customer_id", columns="feature", values="number_value")
    return wide.rename_axis(columns=None).reset_index()


def _fit_of(
    dataset: str, spec: dict[str, Any], values: Callable[[str], pa.Table]
) -> Callable[[pa.Table | None, bool], pa.Table]:
    def fit(before: pa.Table | None, is_search: bool) -> pa.Table:
        with importing:
            from models_py.segmentation.fit import fit_segmentation
        return fit_segmentation(customers_of(values(dataset), dataset), spec, before, is_search)

    return fit
