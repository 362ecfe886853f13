"""Whether the stored recommenders of a data set go on serving or new ones replace them."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models_py.recommendations.record import Ids
from models_py.recommendations.record import table as recommender_table
from models_py.refresh import figure, importing, with_outcome


def refresh_recommenders(
    decisions: pd.DataFrame,
    specs: pd.DataFrame,
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
        One row per data set: `dataset`, `decision` (score, refit, search), `reason`,
        `stored_quality` and `max_quality_loss`.
    specs : DataFrame
        One row per data set: `dataset`, `lowest_rating`, `highest_rating`, `relevant_rating`.
    candidates : DataFrame
        One row per data set and candidate: `dataset`, what `fit_recommenders` reads, and
        `is_skipped` and `skipped_because`.
    fingerprints, ratings, users, products : callable
        Return the frames of all data sets, read only where something is fitted: what identifies
        the ratings; the ratings as in `split_folds`, numbered in the order of the ids; and the
        ids, `user_id` and `product_id`. Each has a column `dataset`.
    settings : mapping
        What `fits.Settings` takes besides.

    Returns
    -------
    pyarrow.Table
        A row per data set and fitted candidate with the columns of `record.SCHEMA` and of
        `OUTCOME`; for a data set whose stored recommenders go on, one row without a model.
    """
    tables = []
    for decision in decisions.to_dict("records"):
        dataset, before = decision["dataset"], figure(decision["stored_quality"])
        if decision["decision"] == "score":
            tables.append(with_outcome(_no_recommender(dataset), "scored", before))
            continue
        with importing:
            from models_py.recommendations import fits
        known = candidates[candidates["dataset"] == dataset]
        if decision["decision"] == "search":
            known = known.assign(stored_params=None)
        rows = fits.fit_recommenders(
            dataset,
            _of_dataset(ratings(), dataset),
            Ids(_ids(users(), dataset, "user_id"), _ids(products(), dataset, "product_id")),
            known[~known["is_skipped"].astype(bool)],
            _of_dataset(fingerprints(), dataset),
            _settings(fits, specs, dataset, settings),
        )
        now = next((row["ndcg"] for row in rows if row["is_champion"]), None)
        if decision["reason"] == "nothing is stored":
            tables.append(with_outcome(recommender_table(rows), "first", now))
        elif before is not None and (now is None or now < before - decision["max_quality_loss"]):
            problem = _why_none_is_fitted(dataset, known)
            kept = _no_recommender(dataset)
            tables.append(with_outcome(kept, "kept", before, now, problem))
        else:
            tables.append(with_outcome(recommender_table(rows), "replaced", now, now))
    return pa.concat_tables(tables)


def _no_recommender(dataset: str) -> pa.Table:
    return recommender_table([{"dataset": dataset}])


def _of_dataset(frame: pd.DataFrame, dataset: str) -> pd.DataFrame:
    return frame[frame["dataset"] == dataset].drop(columns="dataset")


def _ids(entities: pa.Table, dataset: str, name: str) -> pa.StringArray:
    ids = entities.filter(pc.equal(entities["dataset"], dataset))[name].combine_chunks()
    return ids.take(pc.sort_indices(ids))


def _settings(fits: ModuleType, specs: pd.DataFrame, dataset: str, common: Mapping[str, Any]):
    spec = specs.set_index("dataset").loc[dataset]
    return fits.Settings(
        rating_scale=(spec["lowest_rating"], spec["highest_rating"]),
        relevant_rating=spec["relevant_rating"],
        **common,
    )


def _why_none_is_fitted(dataset: str, candidates: pd.DataFrame) -> str | None:
    """Return what ruled out every candidate that might have served, if that is so."""
    servable = candidates[candidates["is_servable"].astype(bool)]
    if not servable["is_skipped"].all():
        return None
    reasons = sorted(set(servable["skipped_because"]))
    return f"{dataset}: no recommender can be fitted: {', '.join(reasons)}"
