"""Whether the stored recommenders of a data set go on serving or new ones replace them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models_py.recommendations.record import ROLE_OF_SCORER, ROLES, Ids, table
from models_py.refresh import figure, importing, with_outcome


def refresh_recommenders(
    relation: Callable[[str, str], Any],
    specs: pd.DataFrame,
    candidates: pd.DataFrame,
    decisions: pd.DataFrame,
    stored: pd.DataFrame,
    settings: Mapping[str, Any],
) -> pa.Table:
    """Return what the recommenders of every data set learn where they are fitted tonight.

    What stored recommenders learned stays in the tables in which it is published; SQL goes on
    with those where this returns no fit. The quality of a fit is its champion's NDCG on validation.

    Parameters
    ----------
    relation : callable
        Called with a name and a data set that is to be fitted; returns its rows, a DuckDB
        relation: 'ratings' and 'folds' as in `split_folds`, numbered in the order of the ids;
        'users' with `user_id` and 'products' with `product_id`; 'fingerprint', which identifies
        the ratings.
    specs : DataFrame of shape (n_datasets, n_columns)
        `dataset`, `has_stars`, `lowest_rating`, `highest_rating`, `relevant_rating`,
        `recent_days`, `active_days`.
    candidates : DataFrame
        One row per data set and candidate: `dataset`, what `fit_recommenders` reads, and
        `is_skipped` and `skipped_because`.
    decisions : DataFrame of shape (n_datasets, n_columns)
        `dataset`, `decision` (score, refit, search), `trigger`, `stored_quality` and
        `max_quality_loss`.
    stored : DataFrame of shape (n_datasets, n_columns)
        `dataset` and the columns of `record.ROLES`: who serves so far.
    settings : mapping
        What `fits.Settings` takes besides; `rankers` for data with 'stars' and of 'purchases'.

    Returns
    -------
    pyarrow.Table
        A row per data set and fitted candidate with the columns of `record.SCHEMA`, `record.ROLES`
        and `OUTCOME`; for a data set whose stored recommenders go on, one row without a model.
    """
    tables = []
    for decision in decisions.sort_values("dataset").to_dict("records"):
        dataset, before = decision["dataset"], figure(decision["stored_quality"])
        former = stored[stored["dataset"] == dataset].to_dict("records")
        nothing = _with_roles(table([{"dataset": dataset}]), former[0] if former else {})
        if decision["decision"] == "score":
            tables.append(with_outcome(nothing, "scored", before))
            continue
        known = candidates[candidates["dataset"] == dataset]
        if decision["decision"] == "search":
            known = known.assign(stored_params=None)
        fit, now = _fit(dataset, relation, specs, known, settings)
        problem = _why_none_is_fitted(dataset, known)
        if decision["trigger"] == "first":
            tables.append(with_outcome(fit, "first", now, fit_problem=problem))
        elif before is not None and (now is None or now < before - decision["max_quality_loss"]):
            tables.append(with_outcome(nothing, "kept", before, now, problem))
        else:
            tables.append(with_outcome(fit, "replaced", now, now, problem))
    return pa.concat_tables(tables)


def _fit(
    dataset: str,
    relation: Callable[[str, str], Any],
    specs: pd.DataFrame,
    candidates: pd.DataFrame,
    settings: Mapping[str, Any],
) -> tuple[pa.Table, float | None]:
    """Return the fits of a data set with their roles, and the champion's quality."""
    with importing:
        from models_py.recommendations import fits
    spec = specs.set_index("dataset").loc[dataset]
    searched = settings["rankers"]["stars" if spec["has_stars"] else "purchases"]
    candidates = candidates[~candidates["is_skipped"].astype(bool)]
    ratings = relation("ratings", dataset)
    # Only a candidate with a size learns from ratings, and 50 million of them take 9 GB.
    if candidates["size_measure"].isna().all():
        ratings = ratings.limit(0)
    rows = fits.fit_recommenders(
        dataset,
        ratings.df(),
        relation("folds", dataset).df(),
        Ids(
            _sorted(relation("users", dataset), "user_id"),
            _sorted(relation("products", dataset), "product_id"),
        ),
        candidates,
        relation("fingerprint", dataset).df().drop(columns="dataset"),
        fits.Settings(
            rating_scale=(spec["lowest_rating"], spec["highest_rating"]),
            relevant_rating=spec["relevant_rating"],
            recent_days=figure(spec["recent_days"]),
            active_days=figure(spec["active_days"]),
            **{**settings, "rankers": searched},
        ),
    )
    champion = fits.champion_of(rows, settings["min_coverage"])
    roles = _roles(rows, champion)
    served = {roles.get(name) for name in ("champion", "item_algorithm", "rating_algorithm")}
    if champion and champion["scorer"] == fits.BLEND:
        served |= json.loads(champion["params"]).keys()
    rows = [{**row, "is_served": row["model_name"] in served} for row in rows]
    return _with_roles(table(rows), roles), champion and champion["ndcg"]


def _roles(rows: list[dict[str, Any]], champion: dict[str, Any] | None) -> dict[str, str]:
    """Return the names of the columns of `record.ROLES` that somebody has."""
    best = [row for row in rows if row["is_best_of_scorer"] and row["scorer"] in ROLE_OF_SCORER]
    predictors = (row for row in rows if row["scorer"] == "factors" and "predictions" in row)
    named = {
        **{ROLE_OF_SCORER[row["scorer"]]: row for row in best},
        "rating_algorithm": next(predictors, None),
        "champion": champion,
    }
    return {role: row["model_name"] for role, row in named.items() if row}


def _with_roles(fit: pa.Table, roles: Mapping[str, str | None]) -> pa.Table:
    for field in ROLES:
        name = roles.get(field.name)
        name = None if pd.isna(name) else name
        fit = fit.append_column(field, pa.array([name] * fit.num_rows, field.type))
    return fit


def _sorted(entities: Any, name: str) -> pa.StringArray:
    ids = entities.to_arrow_table()[name].combine_chunks()
    return ids.take(pc.sort_indices(ids))


def _why_none_is_fitted(dataset: str, candidates: pd.DataFrame) -> str | None:
    """Return what ruled out every candidate that might have served, if that is so."""
    servable = candidates[candidates["is_servable"].astype(bool)]
    if not servable["is_skipped"].all():
        return None
    reasons = sorted(set(servable["skipped_because"]))
    return f"{dataset}: no recommender can be fitted: {', '.join(reasons)}"
