"""Refresh segments: apply the stored ones of each data set, or challenge them by new ones."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models_py.errors import CannotFitError
from models_py.refresh import OUTCOME, best_figure, importing, refresh
from models_py.segmentation.schema import SCHEMA

logger = logging.getLogger(__name__)

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
        `dataset`, `spec` (a `SegmentationSpec` as JSON text) and `known_features` (names of all
        features that the data set has).
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
    for spec in specs.sort_values("dataset").itertuples():
        before = stored.filter(pc.equal(stored["dataset"], spec.dataset))
        decision = decisions[decisions["dataset"] == spec.dataset]
        missing = sorted(_features_of(before) - set(spec.known_features))
        if missing:
            # Whatever its quality, it cannot go on.
            decision = decision.assign(stored_quality=None)
        fit = refresh(
            decision,
            before,
            _fit_of(spec.dataset, json.loads(spec.spec), values),
            lambda found: best_figure(found, "mean_jaccard"),
        )
        (outcome,) = fit["outcome"].to_pylist()
        if missing and outcome in ("scored", "kept"):
            (problem,) = fit["fit_problem"].to_pylist()
            fit = _impossible(spec.dataset, problem or _cannot_go_on(spec.dataset, missing))
        elif outcome == "impossible":
            fit = fit.append_column("dataset", pa.array([spec.dataset]))
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
    # pivot_table would take the mean of values that are there twice; this refuses them.
    wide = frame.pivot(index="customer_id", columns="feature", values="number_value")  # noqa: PD010
    return wide.rename_axis(columns=None).reset_index()


def _fit_of(
    dataset: str, spec: dict[str, Any], values: Callable[[str], pa.Table]
) -> Callable[[pa.Table | None, bool], pa.Table]:
    def fit(before: pa.Table | None, is_search: bool) -> pa.Table:
        with importing:
            from models_py.segmentation.fit import fit_segmentation
        logger.info("fitting segments of %s", dataset)
        return fit_segmentation(customers_of(values(dataset), dataset), spec, before, is_search)

    return fit


def _features_of(stored: pa.Table) -> set[str]:
    if not stored.num_rows:
        return set()
    return {each["feature"] for each in stored["features"].to_pylist()[0]}


def _cannot_go_on(dataset: str, missing: list[str]) -> str:
    return (
        f"{dataset}: the stored segments need {', '.join(missing)}, which {dataset}_features has no"
        " more: find new ones with --vars 'training: search'"
    )


def _impossible(dataset: str, problem: str) -> pa.Table:
    row = {"dataset": dataset, "outcome": "impossible", "fit_problem": problem}
    return pa.Table.from_pylist([row], schema=FITTED)
