"""Which values serve each data set: by the stored methods, or by new ones."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models_py.refresh import OUTCOME, importing, refresh
from models_py.sales.record import SCHEMA

logger = logging.getLogger(__name__)

FITTED = pa.schema([*SCHEMA, *OUTCOME])
"""Columns of what serves: what was fitted and what became of it in this build."""


def refresh_customer_values(
    snapshots_of: Callable[[str], pd.DataFrame],
    settings: Mapping[str, Any],
    decisions: pd.DataFrame,
    stored: pa.Table,
) -> pa.Table:
    """Return what values customers, each data set decided, fitted and stored by itself.

    The quality of a fit is its champion's rank correlation with what was bought in the fold
    'validation'.

    Parameters
    ----------
    snapshots_of : callable
        Called with the name of a data set where it is fitted; returns the snapshots of
        `fit_customer_values`.
    settings : mapping
        As in `fit_customer_values`, the same for every data set.
    decisions : DataFrame of shape (n_datasets, n_columns)
        `dataset`, and the columns that `refresh` reads.
    stored : pyarrow.Table
        Rows of `FITTED`, of these data sets and of others.

    Returns
    -------
    pyarrow.Table
        Rows of `FITTED`. A data set of which nothing can be fitted and nothing is stored has one
        row that says why, with the outcome 'waiting': what was bought is published all the same.
    """
    fits = [FITTED.empty_table()]
    for dataset in sorted(decisions["dataset"]):
        before = stored.filter(pc.equal(stored["dataset"], dataset))
        fit = refresh(
            decisions[decisions["dataset"] == dataset],
            before,
            _fit_of(dataset, snapshots_of, settings),
            _quality,
        )
        if "dataset" not in fit.column_names:
            (problem,) = fit["fit_problem"].to_pylist()
            row = {"dataset": dataset, "outcome": "waiting", "fit_problem": problem}
            fit = pa.Table.from_pylist([row], schema=FITTED)
        fits.append(fit.cast(FITTED))
    return pa.concat_tables(fits)


def _fit_of(
    dataset: str, snapshots_of: Callable[[str], pd.DataFrame], settings: Mapping[str, Any]
) -> Callable[[pa.Table | None, bool], pa.Table]:
    def fit(before: pa.Table | None, is_search: bool) -> pa.Table:
        with importing:
            from models_py.sales.fit import fit_customer_values
        logger.info("fitting values of customers of %s", dataset)
        return fit_customer_values(snapshots_of(dataset), dataset, settings, before, is_search)

    return fit


def _quality(fit: pa.Table) -> float | None:
    champion = fit.filter(fit["is_champion"])
    return json.loads(champion["metrics"].to_pylist()[0])["spearman"]
