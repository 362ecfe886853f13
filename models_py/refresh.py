"""Whether a stored fit is applied again or challenged by a new one, and which of them serves.

What fits is imported where something is fitted: most nights only score, and the libraries that fit
take longer to import than the models take to apply.
"""

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from threading import Lock
from types import ModuleType
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models_py.errors import CannotFitError
from models_py.recommendations.record import Ids
from models_py.recommendations.record import table as recommender_table

FITS = ("leads.fit", "recommendations.fits", "segmentation.fit")
"""Modules of this package that fit."""

_importing = Lock()

OUTCOME = pa.schema(
    {
        "outcome": pa.string(),
        "quality": pa.float64(),
        "challenger_quality": pa.float64(),
        "fit_problem": pa.string(),
    }
)
"""Columns that `refresh` adds to every fit, the same in each of its rows."""


def refresh_segmentation(
    frame: pd.DataFrame, meta: Mapping[str, Any], decision: pd.DataFrame, stored: pa.Table
) -> pa.Table:
    """Return the segments that serve: the stored ones, or new ones as `refresh` has it.

    The quality of a fit is the mean bootstrap Jaccard of its segments. `frame` and `meta` are those
    of `fit_segmentation`, `decision` and `stored` those of `refresh`.
    """

    def fit(before: pa.Table | None, is_search: bool) -> pa.Table:
        return _module("segmentation.fit").fit_segmentation(frame, meta, before, is_search)

    return refresh(decision, stored, fit, lambda found: _best(found, "mean_jaccard"))


def refresh_lead_families(
    leads: pd.DataFrame, settings: Mapping[str, Any], decision: pd.DataFrame, stored: pa.Table
) -> pa.Table:
    """Return the families that serve: the stored ones, or new ones as `refresh` has it.

    The quality of a fit is the cross-validated ROC AUC of its best family. `leads` and `settings`
    are those of `fit_lead_families`, `decision` and `stored` those of `refresh`.
    """

    def fit(before: pa.Table | None, is_search: bool) -> pa.Table:
        return _module("leads.fit").fit_lead_families(leads, settings, before, is_search)

    return refresh(decision, stored, fit, lambda found: _best(found, "cv_roc_auc"))


def refresh_recommenders(
    decisions: pd.DataFrame,
    candidates: pd.DataFrame,
    fingerprints: Callable[[], pd.DataFrame],
    ratings: Callable[[], pd.DataFrame],
    users: Callable[[], pa.Table],
    products: Callable[[], pa.Table],
    settings: Mapping[str, Any],
) -> pa.Table:
    """Return what the recommenders of every data set learn where they are fitted tonight.

    Stored recommenders stay in the tables in which they are published; SQL goes on with them
    where this returns no fit. The quality of a fit is its champion's NDCG on validation.

    Parameters
    ----------
    decisions : DataFrame
        One row per data set: `dataset`, `decision` (score, refit, search), `is_first`,
        `stored_quality` and `max_quality_loss`.
    candidates : DataFrame
        One row per data set and candidate: `dataset`, what `fit_recommenders` reads, and
        `is_skipped` and `skipped_because`.
    fingerprints, ratings, users, products : callable
        Return the frames of all data sets, read only where something is fitted: what identifies
        the ratings; the ratings as in `split_folds`; and the ids, in the order of their numbers,
        in a column `id`. Each has a column `dataset`.
    settings : mapping
        Per data set what `fits.Settings` takes.

    Returns
    -------
    pyarrow.Table
        A row per data set and fitted candidate with the columns of `record.SCHEMA` and of
        `OUTCOME`; for a data set whose stored recommenders go on, one row without a model.
    """
    tables = []
    for decision in decisions.to_dict("records"):
        dataset, before = decision["dataset"], _figure(decision["stored_quality"])
        if decision["decision"] == "score":
            tables.append(_with_outcome(_no_recommender(dataset), "scored", before))
            continue
        known = candidates[candidates["dataset"] == dataset]
        if decision["decision"] == "search":
            known = known.assign(stored_params=None)
        fits = _module("recommendations.fits")
        rows = fits.fit_recommenders(
            dataset,
            _of_dataset(ratings(), dataset),
            Ids(*(_ids(entity(), dataset) for entity in (users, products))),
            known[~known["is_skipped"].astype(bool)],
            _of_dataset(fingerprints(), dataset),
            fits.Settings(**settings[dataset]),
        )
        now = next((row["ndcg"] for row in rows if row["is_champion"]), None)
        if decision["is_first"]:
            tables.append(_with_outcome(recommender_table(rows), "first", now))
        elif before is not None and (now is None or now < before - decision["max_quality_loss"]):
            problem = _why_none_is_fitted(dataset, known)
            kept = _no_recommender(dataset)
            tables.append(_with_outcome(kept, "kept", before, now, problem))
        else:
            tables.append(_with_outcome(recommender_table(rows), "replaced", now, now))
    return pa.concat_tables(tables)


def _no_recommender(dataset: str) -> pa.Table:
    return recommender_table([{"dataset": dataset}])


def _of_dataset(frame: pd.DataFrame, dataset: str) -> pd.DataFrame:
    return frame[frame["dataset"] == dataset].drop(columns="dataset")


def _ids(ids: pa.Table, dataset: str) -> pa.StringArray:
    return ids.filter(pc.equal(ids["dataset"], dataset))["id"].combine_chunks()


def _why_none_is_fitted(dataset: str, candidates: pd.DataFrame) -> str | None:
    """Return what ruled out every candidate that might have served, if that is so."""
    servable = candidates[candidates["is_servable"].astype(bool)]
    if not servable["is_skipped"].all():
        return None
    reasons = sorted(set(servable["skipped_because"]))
    return f"{dataset}: no recommender can be fitted: {', '.join(reasons)}"


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
        From the macro `training_decision`: `decision` (score, refit, search), `stored_quality`
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
            return _with_outcome(nothing, "impossible", None, fit_problem=str(problem))
        return _with_outcome(first, "first", quality(first))
    learned = stored.select([name for name in stored.column_names if name not in OUTCOME.names])
    before = _figure(decided["stored_quality"])
    if decided["decision"] == "score":
        return _with_outcome(learned, "scored", before)
    try:
        challenger = fit(learned, decided["decision"] == "search")
    except CannotFitError as problem:
        return _with_outcome(learned, "kept", before, fit_problem=str(problem))
    now = quality(challenger)
    is_worse = None not in (before, now) and now < before - decided["max_quality_loss"]
    if is_worse and learned.schema.equals(challenger.schema):
        return _with_outcome(learned, "kept", before, now)
    return _with_outcome(challenger, "replaced", now, now)


def _module(name: str) -> ModuleType:
    # dbt fits on several threads, and threads that import scipy side by side find it half imported.
    with _importing:
        modules = {each: import_module(f"models_py.{each}") for each in FITS}
    return modules[name]


def _best(fit: pa.Table, metric: str) -> float | None:
    figures = [json.loads(metrics)[metric] for metrics in fit["metrics"].to_pylist()]
    return max(figures) if None not in figures else None


def _figure(value: float | None) -> float | None:
    return None if pd.isna(value) else float(value)


def _with_outcome(
    fit: pa.Table,
    outcome: str,
    quality: float | None,
    challenger_quality: float | None = None,
    fit_problem: str | None = None,
) -> pa.Table:
    values = (outcome, quality, challenger_quality, fit_problem)
    for field, value in zip(OUTCOME, values, strict=True):
        fit = fit.append_column(field, pa.array([value] * fit.num_rows, field.type))
    return fit
