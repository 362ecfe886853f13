"""The segments of each data set: the stored ones applied again, or new ones in their place."""

import json
from collections.abc import Callable

import pandas as pd
import pyarrow as pa

from models_py.errors import CannotFitError
from models_py.refresh import OUTCOME, best_figure, importing, refresh
from models_py.segmentation.record import SCHEMA

FITTED = pa.schema([*SCHEMA, *OUTCOME])
"""Columns of what serves: a fitted segmentation and what became of it in this build."""


def refresh_segments(
    values: Callable[[str], pa.Table],
    specs: pd.DataFrame,
    decisions: pd.DataFrame,
    stored: pa.Table,
) -> pa.Table:
    """Return the segments that serve in each data set, decided and fitted by itself.

    The quality of a fit is the mean bootstrap Jaccard of its segments.

    Parameters
    ----------
    values : callable
        Called with a data set that is to be fitted; returns its features as rows: `customer_id`,
        `feature` and `number_value`.
    specs : DataFrame of shape (n_datasets, n_columns)
        `dataset` and `spec`, a `SegmentationSpec` as JSON text.
    decisions : DataFrame of shape (n_datasets, n_columns)
        `dataset`, and the columns of `refresh`.
    stored : pyarrow.Table
        Rows of `FITTED`, of any of the data sets and of others.

    Returns
    -------
    pyarrow.Table
        One row of `FITTED` for each data set of `specs`, in their order by name.
    """
    fits = [FITTED.empty_table()]
    for dataset, text in sorted(zip(specs["dataset"], specs["spec"], strict=True)):
        fit = refresh(
            decisions[decisions["dataset"] == dataset],
            stored.filter(pa.compute.equal(stored["dataset"], dataset)),
            _fitter(lambda dataset=dataset: values(dataset), json.loads(text)),
            lambda found: best_figure(found, "mean_jaccard"),
        )
        at = fit.schema.get_field_index("dataset")
        if at < 0:
            fit = fit.append_column("dataset", pa.array([dataset]))
        fits.append(fit)
    return pa.concat_tables(fits, promote_options="permissive")


def _fitter(
    values: Callable[[], pa.Table], spec: dict
) -> Callable[[pa.Table | None, bool], pa.Table]:
    def fit(before: pa.Table | None, is_search: bool) -> pa.Table:
        with importing:
            from models_py.segmentation.fit import fit_segmentation
        frame = customers(values(), [*spec["features"], spec["value_feature"]])
        return fit_segmentation(frame, spec, before, is_search)

    return fit
