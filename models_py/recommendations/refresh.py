"""Whether the stored recommenders of a data set go on serving or new ones replace them."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models_py.recommendations.record import Ids, table
from models_py.refresh import figure, importing, with_outcome


def refresh_recommenders(
    relation: Callable[[str, str], Any],
    specs: pd.DataFrame,
    candidates: pd.DataFrame,
    decisions: pd.DataFrame,
    settings: Mapping[str, Any],
) -> pa.Table:
    """Return what the recommenders of every data set learn where they are fitted tonight.

    Stored recommenders stay in the tables in which they are published; SQL goes on with them
    where this returns no fit. The quality of a fit is its champion's NDCG on validation.

    Parameters
    ----------
    relation : callable
        Called with a name and a data set that is to be fitted; returns its rows, a DuckDB
        relation: 'ratings' as in `split_folds`, numbered in the order of the ids; 'users' with
        `user_id` and 'products' with `product_id`; 'fingerprint', which identifies the ratings.
    specs : DataFrame of shape (n_datasets, n_columns)
        `dataset`, `lowest_rating`, `highest_rating`, `relevant_rating`.
    candidates : DataFrame
        One row per data set and candidate: `dataset`, what `fit_recommenders` reads, and
        `is_skipped` and `skipped_because`.
    decisions : DataFrame of shape (n_datasets, n_columns)
        `dataset`, `decision` (score, refit, search), `trigger`, `stored_quality` and
        `max_quality_loss`.
    settings : mapping
        What `fits.Settings` takes besides.

    Returns
    -------
    pyarrow.Table
        A row per data set and fitted candidate with the columns of `record.SCHEMA` and of
        `OUTCOME`; for a data set whose stored recommenders go on, one row without a model.
    """
    tables = []
    for decision in decisions.sort_values("dataset").to_dict("records"):
        dataset, before = decision["dataset"], figure(decision["stored_quality"])
        if decision["decision"] == "score":
            tables.append(with_outcome(_no_recommender(dataset), "scored", before))
            continue
        known = candidates[candidates["dataset"] == dataset]
        if decision["decision"] == "search":
            known = known.assign(stored_params=None)
        rows = _fit(dataset, relation, specs, known, settings)
        now = next((row["ndcg"] for row in rows if row["is_champion"]), None)
        if decision["trigger"] == "first":
            tables.append(with_outcome(table(rows), "first", now))
        elif before is not None and (now is None or now < before - decision["max_quality_loss"]):
            problem = _why_none_is_fitted(dataset, known)
            kept = _no_recommender(dataset)
            tables.append(with_outcome(kept, "kept", before, now, problem))
        else:
            tables.append(with_outcome(table(rows), "replaced", now, now))
    return pa.concat_tables(tables)


def _fit(
    dataset: str,
    relation: Callable[[str, str], Any],
    specs: pd.DataFrame,
    candidates: pd.DataFrame,
    settings: Mapping[str, Any],
) -> list[dict[str, Any]]:
    with importing:
        from models_py.recommendations import fits
    spec = specs.set_index("dataset").loc[dataset]
    return fits.fit_recommenders(
        dataset,
        relation("ratings", dataset).df(),
        Ids(
            _sorted(relation("users", dataset), "user_id"),
            _sorted(relation("products", dataset), "product_id"),
        ),
        candidates[~candidates["is_skipped"].astype(bool)],
        relation("fingerprint", dataset).df().drop(columns="dataset"),
        fits.Settings(
            rating_scale=(spec["lowest_rating"], spec["highest_rating"]),
            relevant_rating=spec["relevant_rating"],
            **settings,
        ),
    )


def _sorted(entities: Any, name: str) -> pa.StringArray:
    ids = entities.to_arrow_table()[name].combine_chunks()
    return ids.take(pc.sort_indices(ids))


def _no_recommender(dataset: str) -> pa.Table:
    return table([{"dataset": dataset}])


def _why_none_is_fitted(dataset: str, candidates: pd.DataFrame) -> str | None:
    """Return what ruled out every candidate that might have served, if that is so."""
    servable = candidates[candidates["is_servable"].astype(bool)]
    if not servable["is_skipped"].all():
        return None
    reasons = sorted(set(servable["skipped_because"]))
    return f"{dataset}: no recommender can be fitted: {', '.join(reasons)}"
