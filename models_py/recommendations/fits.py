"""Tune and fit the recommenders of one data set; return one row for each."""

import json
import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from sklearn.model_selection import ParameterGrid

from models_py.recommendations import rankers, rating_predictors
from models_py.recommendations.evaluation import ndcg_and_coverage, top_unseen
from models_py.recommendations.rankers import Factors, Weights
from models_py.recommendations.ratings import Fold, split_folds
from models_py.recommendations.record import (
    Ids,
    factor_rows,
    prediction_rows,
    ranking_rows,
    weight_rows,
)
from models_py.runs import describe_run

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """What the fits of a data set are told.

    Attributes
    ----------
    rankers : mapping
        Per ranker of the catalogue the values to try of each parameter.
    rating_predictors : mapping
        Per predictor of ratings the `param_grid` of scikit-surprise's search.
    rating_scale : (float, float)
        Lowest and highest rating.
    relevant_rating : float
        Rating from which a held-out product is relevant.
    min_coverage : float
        Share of the products that rankings must cover.
    depth : int
        Depth of the rankings that are compared.
    listed : int
        Length of the rankings that are stored where only Python can rank.
    random_state : int
        Seed of the split by which predictors are searched.
    """

    rankers: Mapping[str, Mapping[str, list[Any]]]
    rating_predictors: Mapping[str, Mapping[str, Any]]
    rating_scale: tuple[float, float]
    relevant_rating: float
    min_coverage: float
    depth: int
    listed: int
    random_state: int


def fit_recommenders(
    dataset: str,
    ratings: pd.DataFrame,
    ids: Ids,
    candidates: pd.DataFrame,
    fingerprint: pd.DataFrame,
    settings: Settings,
) -> list[dict[str, Any]]:
    """Tune and fit every candidate of a data set on every fold.

    Predictors of ratings and rankers of the catalogue are fitted side by side; neither knows of
    the other. Whoever can be served is judged by its ranking on the validation fold.

    Parameters
    ----------
    dataset : str
        Name of the data set.
    ratings : DataFrame
        As in `split_folds`.
    ids : Ids
        The users and products that the numbers in `ratings` stand for.
    candidates : DataFrame
        Columns `algorithm`, `scorer`, `is_servable`, `size_measure` and `stored_params` (JSON or
        null). What is not in it is not fitted, and stored parameters are not searched. Where none
        is left that needs dense matrices, the data are too large for a search, and the first value
        of every parameter is taken.
    fingerprint : DataFrame of shape (1, n_columns)
        Identifies the ratings; holds `n_rows`.
    settings : Settings
        What is tried, and how it is judged.

    Returns
    -------
    list of dict
        A row per algorithm, with columns of `record.SCHEMA`.
    """
    logger.info("fitting recommenders of %s", dataset)
    known = candidates.set_index("algorithm")
    with ThreadPoolExecutor(2) as pool:
        halves = [
            pool.submit(fit, ratings, ids, candidates, settings)
            for fit in (_fit_rankers, _fit_rating_predictors)
        ]
        fits = {name: fit for half in halves for name, fit in half.result().items()}
    rows = [
        {
            **_row(dataset, algorithm, fingerprint, fit),
            "scorer": known["scorer"][algorithm],
            "ndcg": fit["judged"][0] if known["is_servable"][algorithm] else None,
            "coverage": fit["judged"][1] if known["is_servable"][algorithm] else None,
        }
        for algorithm, fit in fits.items()
    ]
    return with_best(rows, settings.min_coverage)


def with_best(rows: list[dict[str, Any]], min_coverage: float) -> list[dict[str, Any]]:
    """Mark the best fit of each scorer.

    The best has the largest NDCG among those that cover enough products, or of all if none does;
    ties go to the first by name.

    Parameters
    ----------
    rows : list of dict
        Columns `model_name`, `scorer`, `ndcg` and `coverage`; None where a fit cannot be served
        or nobody liked a product that was held out.
    min_coverage : float
        Share of the products to be recommended.

    Returns
    -------
    list of dict
        The rows with `is_best_of_scorer`.
    """
    best = {row["scorer"]: row["model_name"] for row in reversed(_ordered(rows, min_coverage))}
    return [
        {**row, "is_best_of_scorer": row["model_name"] == best.get(row["scorer"])} for row in rows
    ]


def champion_of(rows: list[dict[str, Any]], min_coverage: float) -> dict[str, Any] | None:
    """Return the row with the largest NDCG of those that cover enough; None where none does.

    The parameters are those of `with_best`.
    """
    covering = [row for row in _ordered(rows, min_coverage) if row["coverage"] >= min_coverage]
    return covering[0] if covering else None


def _ordered(rows: list[dict[str, Any]], min_coverage: float) -> list[dict[str, Any]]:
    judged = [row for row in rows if row["ndcg"] is not None]
    return sorted(
        judged,
        key=lambda row: (row["coverage"] < min_coverage, -row["ndcg"], row["model_name"]),
    )


def _fit_rankers(
    ratings: pd.DataFrame, ids: Ids, candidates: pd.DataFrame, settings: Settings
) -> dict[str, dict[str, Any]]:
    """Choose the parameters of every ranker on the validation fold, and fit it on every fold.

    The choice is the best NDCG among the points whose rankings cover enough of the products, or
    the best of all if none does; truncated weights are judged truncated.
    """
    fits: dict[str, dict[str, Any]] = {}
    is_searchable = (candidates["size_measure"] == "largest_side").any()
    spaces = _wanted(settings.rankers, candidates)
    for fold in split_folds(ratings, len(ids.users), len(ids.products)) if spaces else ():
        rated = fold.rated()
        for algorithm, space in spaces.items():
            logger.info("fitting recommenders: %s, for %s", algorithm, fold.name)
            if fold.name == "validation":
                tried = space if is_searchable else _first_point(space)
                points = list(search_ranker(algorithm, tried, fold, settings))
                enough = [
                    point for point in points if point[1]["coverage"] >= settings.min_coverage
                ]
                params, metrics, found = max(enough or points, key=lambda point: point[1]["ndcg"])
                fits[algorithm] = {
                    "params": params,
                    "judged": _known(metrics),
                    "search": [(point, figures) for point, figures, _ in points],
                    "weights": [],
                    "factors": [],
                }
                del points
            else:
                found = rankers.fit(algorithm, rated, fits[algorithm]["params"])
            if isinstance(found, Factors):
                fits[algorithm]["factors"].extend(factor_rows(fold, found, ids))
            else:
                kind = "user" if algorithm == "user_neighbours" else "product"
                fits[algorithm]["weights"].append(weight_rows(fold, found, kind, ids))
    return {**_without_parameters(settings.rankers, candidates), **fits}


def _without_parameters(
    spaces: Mapping[str, Mapping[str, Any]], candidates: pd.DataFrame
) -> dict[str, dict[str, Any]]:
    """Return the fits of candidates that learn nothing here, such as popularity."""
    nothing = {"params": {}, "metrics": {}, "judged": (None, None), "search": [({}, {})]}
    fitted = set(candidates["algorithm"])
    return {name: nothing for name, space in spaces.items() if name in fitted and not space}


def search_ranker(
    algorithm: str, space: Mapping[str, list[Any]], fold: Fold, settings: Settings
) -> Iterator[tuple[dict[str, Any], dict[str, float], Weights | Factors]]:
    """Fit and judge every point of the space; the longest neighbour lists are cut for the rest.

    Yields
    ------
    params, metrics, learned
        `metrics` are `ndcg` and `coverage` of the judged users' rankings.
    """
    rated, relevant = fold.rated(), fold.relevant(settings.relevant_rating)
    lengths = space.get("neighbours", [])
    fixed = {name: values for name, values in space.items() if name != "neighbours"}
    for params in ParameterGrid(fixed):
        longest = {"neighbours": max(lengths)} if lengths else {}
        learned = rankers.fit(algorithm, rated, {**params, **longest})
        for cut in lengths or [None]:
            used = learned.truncated(cut) if isinstance(learned, Weights) else learned
            top = rankers.best_unseen(algorithm, used, rated, fold.judged, settings.depth)
            metrics = _figures(top, relevant[fold.judged], settings.depth)
            yield {**params, "neighbours": cut} if cut else dict(params), metrics, used


def _figures(top: np.ndarray, relevant, depth: int) -> dict[str, float]:
    ndcg, coverage = ndcg_and_coverage(top, relevant, depth)
    return {"ndcg": round(ndcg, 9), "coverage": round(coverage, 9)}


def _known(metrics: Mapping[str, float]) -> tuple[float | None, float | None]:
    """Return NDCG and coverage; nothing where nobody could be judged."""
    if np.isnan(metrics["ndcg"]):
        return None, None
    return metrics["ndcg"], metrics["coverage"]


def _fit_rating_predictors(
    ratings: pd.DataFrame, ids: Ids, candidates: pd.DataFrame, settings: Settings
) -> dict[str, dict[str, Any]]:
    """Choose the parameters of every predictor by RMSE, and fit it on every fold.

    Parameters are searched inside the history of the validation fold. Neighbour models return
    rankings, because scikit-surprise's choice of neighbours per rated product is not a sum of
    stored weights; as they cannot be served, and so not be chosen, only on the holdout. SVD and
    BaselineOnly return the factors from which SQL ranks.
    """
    fits: dict[str, dict[str, Any]] = {}
    spaces = _wanted(settings.rating_predictors, candidates)
    scale = settings.rating_scale
    for fold in split_folds(ratings, len(ids.users), len(ids.products)) if spaces else ():
        for algorithm, space in spaces.items():
            logger.info("fitting recommenders: %s, for %s", algorithm, fold.name)
            if fold.name == "validation":
                params, points = rating_predictors.search(
                    algorithm, space, fold.history, scale, settings.random_state
                )
                fits[algorithm] = {
                    "params": params,
                    "judged": (None, None),
                    "search": [(point["params"], {"rmse": point["rmse"]}) for point in points],
                    "predictions": [],
                    "rankings": [],
                    "factors": [],
                }
            fit = fits[algorithm]
            is_ranked_here = algorithm.endswith("_knn")
            if is_ranked_here and fold.name == "serving":
                continue
            fitted = rating_predictors.fit(algorithm, fit["params"], fold.history, scale)
            estimates = rating_predictors.estimates(fitted, fold.targets)
            fit["predictions"].append(prediction_rows(fold, estimates, ids))
            if not is_ranked_here:
                found = rating_predictors.factors(fitted, fold.n_users, fold.n_products)
                fit["factors"].extend(factor_rows(fold, found, ids))
                if fold.name == "validation":
                    relevant = fold.relevant(settings.relevant_rating)[fold.judged]
                    top = rankers.best_unseen(
                        algorithm, found, fold.rated(), fold.judged, settings.depth
                    )
                    fit["judged"] = _known(_figures(top, relevant, settings.depth))
            elif fold.name == "holdout":
                scores = rating_predictors.knn_estimates(fitted, fold)
                top = top_unseen(scores, fold.rated(), settings.listed)
                fit["rankings"].append(ranking_rows(fold, top, ids))
    return fits


def _wanted(
    search_spaces: Mapping[str, Mapping[str, Any]], candidates: pd.DataFrame
) -> dict[str, Mapping[str, Any]]:
    """Return the spaces of the candidates; a point where parameters are stored."""
    stored = candidates.set_index("algorithm")["stored_params"]
    return {
        algorithm: space if pd.isna(stored[algorithm]) else _point(json.loads(stored[algorithm]))
        for algorithm, space in search_spaces.items()
        if algorithm in stored.index and space
    }


def _first_point(space: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: values[:1] for name, values in space.items()}


def _point(params: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _point(value) if isinstance(value, dict) else [value]
        for name, value in params.items()
    }


def _row(
    dataset: str, algorithm: str, fingerprint: pd.DataFrame, fit: Mapping[str, Any]
) -> dict[str, Any]:
    run = describe_run("recommendations", dataset, algorithm, fingerprint, fit["params"])
    search = [{"params": _json(point), "metrics": _json(found)} for point, found in fit["search"]]
    chosen = next(point["metrics"] for point in search if point["params"] == run["params"])
    nested = {
        name: pa.concat_arrays(fit[name])
        for name in ("predictions", "rankings", "weights", "factors")
        if fit.get(name)
    }
    n_rows = int(fingerprint["n_rows"].iloc[0])
    return {**run, "n_rows": n_rows, "metrics": chosen, "search": search, **nested}


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True)
