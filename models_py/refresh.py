"""Whether a stored fit is applied again or challenged by a new one, and which of them serves.

An area imports what it fits with where it fits, in its own `refresh` module: most nights only
score, and the libraries take longer to import than the models take to apply.
"""

import json
from collections.abc import Callable
from threading import Lock

import pandas as pd
import pyarrow as pa

from models_py.errors import CannotFitError

importing = Lock()
"""Held while an area imports what fits: dbt fits on several threads, and threads that import scipy
side by side find it half imported."""

OUTCOME = pa.schema(
    {
        "outcome": pa.string(),
        "quality": pa.float64(),
        "challenger_quality": pa.float64(),
        "fit_problem": pa.string(),
    }
)
"""Columns that `refresh` adds to every fit, the same in each of its rows."""


def refresh(
    decision: pd.DataFrame,
    stored: pa.Table,
    fit: Callable[[pa.Table | None, bool], pa.Table],
    quality: Callable[[pa.Table], float | None],
) -> pa.Table:
    """Return the stored fit or a new one, as the decision and their qualities have it.

    A challenger is judged by its own cross-validation, as the stored fit was when it was made: it
    is kept out when the data of today give a markedly worse model than those of then, or none.

    Parameters
    ----------
    decision : DataFrame of shape (1, n_columns)
        From the model `fit_decisions`: `decision` (score, refit, search), `stored_quality`
        and `max_quality_loss`.
    stored : pyarrow.Table
        The fit of the previous generation, with the columns of `OUTCOME`; no row where there is
        none.
    fit : callable
        Called with the stored fit (None where there is none) and whether to search; returns a new
        fit. With a stored fit and no search it takes what was chosen for it.
    quality : callable
        The cross-validated figure by which a fit is judged, the larger the better; None where
        there is nothing to compare.

    Returns
    -------
    pyarrow.Table
        The fit that serves, with the columns of `OUTCOME`. `outcome` is 'first', 'scored',
        'replaced', or 'kept': the new fit was worse by more than `max_quality_loss`, or could not
        be made, and then `fit_problem` says why. `quality` is that of the fit that serves,
        `challenger_quality` that of a new one beside a stored one. Where no fit can be made and
        none is stored, one row with the outcome 'impossible': an error raised here would reach
        the user as a trace of Python, so that a data test stops the build with `fit_problem`.
    """
    decided = decision.iloc[0]
    if stored.num_rows == 0:
        try:
            first = fit(None, True)
        except CannotFitError as problem:
            nothing = pa.table({"model_run_id": pa.nulls(1, pa.string())})
            return with_outcome(nothing, "impossible", None, fit_problem=str(problem))
        return with_outcome(first, "first", quality(first))
    learned = stored.select([name for name in stored.column_names if name not in OUTCOME.names])
    before = figure(decided["stored_quality"])
    if decided["decision"] == "score":
        return with_outcome(learned, "scored", before)
    try:
        challenger = fit(learned, decided["decision"] == "search")
    except CannotFitError as problem:
        return with_outcome(learned, "kept", before, fit_problem=str(problem))
    now = quality(challenger)
    is_worse = None not in (before, now) and now < before - decided["max_quality_loss"]
    if is_worse and learned.schema.equals(challenger.schema):
        return with_outcome(learned, "kept", before, now)
    return with_outcome(challenger, "replaced", now, now)


def best_figure(fit: pa.Table, metric: str) -> float | None:
    """Return the largest of a metric over the models of a fit; None where one of them has none."""
    figures = [json.loads(metrics)[metric] for metrics in fit["metrics"].to_pylist()]
    return max(figures) if None not in figures else None


def figure(value: float | None) -> float | None:
    """Return a figure of a frame; None where it is missing."""
    return None if pd.isna(value) else float(value)


def with_outcome(
    fit: pa.Table,
    outcome: str,
    quality: float | None,
    challenger_quality: float | None = None,
    fit_problem: str | None = None,
) -> pa.Table:
    """Return a fit with the columns of `OUTCOME`, the same in each of its rows."""
    values = (outcome, quality, challenger_quality, fit_problem)
    for field, value in zip(OUTCOME, values, strict=True):
        fit = fit.append_column(field, pa.array([value] * fit.num_rows, field.type))
    return fit
