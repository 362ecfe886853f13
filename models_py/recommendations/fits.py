"""Tune and fit the recommenders of one data set; return one row for each."""

import json
import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import scipy.sparse as sp
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


FACTOR_PARAMS = ("recent_power", "popularity_penalty")
"""Parameters of `product_factors`, chosen with those of a ranker."""


@dataclass(frozen=True)
class Settings:
    """What the fits of a data set are told.

    Attributes
    ----------
    rankers : mapping
        Per ranker of the catalogue the values to try of each parameter: of those that it is fitted
        with, and of those of `product_factors`.
    rating_predictors : mapping
        Per predictor of ratings the `param_grid` of scikit-surprise's search.
    rating_scale : (float, float)
        Lowest and highest rating.
    relevant_rating : float
        Rating from which a held-out product is relevant.
    recent_days, active_days : float or None
        Days before a fold that count as recent, and within which a product must have had a user to
        be shown. None where the data are not split by date.
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
    recent_days: float | None
    active_days: float | None
    min_coverage: float
    depth: int
    listed: int
    random_state: int


@dataclass(frozen=True)
class Ranked:
    """What a ranker with some parameters recommends on a fold.

    Attributes
    ----------
    fold : str
        Name of the fold.
    params : dict
        The parameters.
    learned : Weights or Factors
        What it learned with them.
    top : ndarray of shape (n_judged, depth), int
        The judged users' rankings, as in `top_unseen`.
    relevant : csr_array of shape (n_judged, n_products)
        What they liked of what was held out.
    """

    fold: str
    params: dict[str, Any]
    learned: Weights | Factors
    top: np.ndarray
    relevant: sp.csr_array


def fit_recommenders(
    dataset: str,
    ratings: pd.DataFrame,
    folds: pd.DataFrame,
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
    ratings, folds : DataFrame
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
            pool.submit(fit, ratings, folds, ids, candidates, settings)
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
    ratings: pd.DataFrame,
    folds: pd.DataFrame,
    ids: Ids,
    candidates: pd.DataFrame,
    settings: Settings,
) -> dict[str, dict[str, Any]]:
    """Choose the parameters of every ranker on the validation folds, and fit it on every fold.

    The choice is the best NDCG over the judged users of all validation folds among the points
    whose rankings cover enough of the products, or the best of all if none does; truncated weights
    are judged truncated.
    """
    is_searchable = (candidates["size_measure"] == "largest_side").any()
    spaces = _wanted(settings.rankers, candidates)
    tried: dict[str, list[list[Ranked]]] = {algorithm: [] for algorithm in spaces}
    fits: dict[str, dict[str, Any]] = {}
    for fold in split_folds(ratings, folds, len(ids.users), len(ids.products)) if spaces else ():
        for algorithm, space in spaces.items():
            logger.info("fitting recommenders: %s, for %s", algorithm, fold.name)
            if fold.is_validation:
                points = space if is_searchable else _first_point(space)
                tried[algorithm].append(list(search_ranker(algorithm, points, fold, settings)))
            else:
                if algorithm not in fits:
                    fits[algorithm] = _chosen(tried.pop(algorithm), algorithm, ids, settings)
                learned = fit_ranker(algorithm, fold, fits[algorithm]["params"])
                _store(fits[algorithm], algorithm, fold.name, learned, ids)
    return {**_without_parameters(settings.rankers, candidates), **fits}


def _chosen(
    tried: list[list[Ranked]], algorithm: str, ids: Ids, settings: Settings
) -> dict[str, Any]:
    """Return the fit with the best of the points that were tried, a list of them per fold."""
    judged = [
        _figures(
            np.vstack([ranked.top for ranked in of_folds]),
            sp.vstack([ranked.relevant for ranked in of_folds], format="csr"),
            settings.depth,
        )
        for of_folds in zip(*tried, strict=True)
    ]
    points = [ranked.params for ranked in tried[0]]
    enough = [at for at, found in enumerate(judged) if found["coverage"] >= settings.min_coverage]
    best = max(enough or range(len(points)), key=lambda at: judged[at]["ndcg"])
    fit = {
        "params": points[best],
        "judged": _known(judged[best]),
        "search": list(zip(points, judged, strict=True)),
        "weights": [],
        "factors": [],
    }
    for of_fold in tried:
        _store(fit, algorithm, of_fold[best].fold, of_fold[best].learned, ids)
    return fit


def _store(
    fit: dict[str, Any], algorithm: str, fold: str, learned: Weights | Factors, ids: Ids
) -> None:
    if isinstance(learned, Factors):
        fit["factors"].extend(factor_rows(fold, learned, ids))
    else:
        kind = "user" if algorithm == "user_neighbours" else "product"
        fit["weights"].append(weight_rows(fold, learned, kind, ids))


def _without_parameters(
    spaces: Mapping[str, Mapping[str, Any]], candidates: pd.DataFrame
) -> dict[str, dict[str, Any]]:
    """Return the fits of candidates that learn nothing here, such as popularity."""
    nothing = {"params": {}, "metrics": {}, "judged": (None, None), "search": [({}, {})]}
    fitted = set(candidates["algorithm"])
    return {name: nothing for name, space in spaces.items() if name in fitted and not space}


def search_ranker(
    algorithm: str, space: Mapping[str, list[Any]], fold: Fold, settings: Settings
) -> Iterator[Ranked]:
    """Fit every point of the space and rank by it.

    The longest neighbour lists are cut for the shorter ones, and `product_factors` need no fit.

    Yields
    ------
    Ranked
    """
    rated, relevant = fold.rated(), fold.relevant(settings.relevant_rating)[fold.judged]
    lengths = space.get("neighbours", [])
    fixed = {name: space[name] for name in space if name not in ("neighbours", *FACTOR_PARAMS)}
    trends = list(ParameterGrid({name: space[name] for name in FACTOR_PARAMS if name in space}))
    for params in ParameterGrid(fixed):
        longest = {"neighbours": max(lengths)} if lengths else {}
        learned = fit_ranker(algorithm, fold, {**params, **longest})
        for cut, trend in product(lengths or [None], trends):
            used = learned.truncated(cut) if isinstance(learned, Weights) else learned
            shown = product_factors(fold, settings, **trend)
            top = rankers.best_unseen(algorithm, used, rated, fold.judged, settings.depth, shown)
            point = {**params, **({"neighbours": cut} if cut else {}), **trend}
            yield Ranked(fold.name, point, used, top, relevant)


def fit_ranker(algorithm: str, fold: Fold, params: Mapping[str, Any]) -> Weights | Factors:
    """Fit a ranker on what a fold knows; parameters of `product_factors` are no matter of it."""
    own = {name: value for name, value in params.items() if name not in FACTOR_PARAMS}
    return rankers.fit(algorithm, fold.rated(), own)


def product_factors(
    fold: Fold, settings: Settings, recent_power: float = 0, popularity_penalty: float = 0
) -> np.ndarray:
    """Return by what the score of each product is multiplied; 0 hides a product.

    What sells more than it used to comes first: factor = recent users ** recent_power / users **
    popularity_penalty. Products are hidden that nobody had within `active_days`.

    Returns
    -------
    ndarray of shape (n_products,)
    """
    factors = np.ones(fold.n_products)
    if recent_power:
        factors = fold.users(settings.recent_days) ** float(recent_power)
    if popularity_penalty:
        factors = factors / np.maximum(fold.users(), 1) ** float(popularity_penalty)
    if settings.active_days is not None:
        factors = factors * (fold.users(settings.active_days) > 0)
    return factors


def _figures(top: np.ndarray, relevant, depth: int) -> dict[str, float]:
    ndcg, coverage = ndcg_and_coverage(top, relevant, depth)
    return {"ndcg": round(ndcg, 9), "coverage": round(coverage, 9)}


def _known(metrics: Mapping[str, float]) -> tuple[float | None, float | None]:
    """Return NDCG and coverage; nothing where nobody could be judged."""
    if np.isnan(metrics["ndcg"]):
        return None, None
    return metrics["ndcg"], metrics["coverage"]


def _fit_rating_predictors(
    ratings: pd.DataFrame,
    folds: pd.DataFrame,
    ids: Ids,
    candidates: pd.DataFrame,
    settings: Settings,
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
    for fold in split_folds(ratings, folds, len(ids.users), len(ids.products)) if spaces else ():
        for algorithm, space in spaces.items():
            logger.info("fitting recommenders: %s, for %s", algorithm, fold.name)
            if fold.is_validation:
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
                fit["factors"].extend(factor_rows(fold.name, found, ids))
                if fold.is_validation:
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
