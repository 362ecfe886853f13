"""Tune and fit the recommenders of one data set; return one row for each."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
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
from models_py.recommendations.rankers import Blend, Factors, Lists, Weights
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

BLEND = "blend"
"""The candidate whose parameters are the weights of others."""


@dataclass(frozen=True)
class Settings:
    """What the fits of a data set are told.

    Attributes
    ----------
    rankers : mapping
        Per ranker of the catalogue the values to try of each parameter: of those that it is fitted
        with, and of those of `product_factors`. Of the blend: the weights to try of each ranker.
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
    blended : int
        Length of the lists that a blend is made of.
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
    blended: int
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
    lists : Lists
        The judged users' rankings, as deep as blends or the comparison need them.
    relevant : csr_array of shape (n_judged, n_products)
        What they liked of what was held out.
    """

    fold: str
    params: dict[str, Any]
    learned: Weights | Factors
    lists: Lists
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
    """Return the row with the largest NDCG of those that cover enough, or of all if none does.

    The parameters are those of `with_best`. None where none is judged. What covers too little is
    helped by the diversity step.
    """
    return next(iter(_ordered(rows, min_coverage)), None)


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

    The choice is the best NDCG over the judged users of all validation folds. The weights of a
    blend must besides cover enough of the products, if any do. Truncated weights are judged
    truncated.
    """
    is_searchable = (candidates["size_measure"] == "largest_side").any()
    spaces = _wanted(settings.rankers, candidates)
    weights = _of_at_least_two(spaces.pop(BLEND, {}), spaces)
    is_servable = candidates.set_index("algorithm")["is_servable"].astype(bool)
    parts = [name for name in weights if not is_servable[name]]
    tried: dict[str, list[list[Ranked]]] = {algorithm: [] for algorithm in spaces}
    fits: dict[str, dict[str, Any]] = {}
    for fold in split_folds(ratings, folds, len(ids.users), len(ids.products)) if spaces else ():
        if not fold.is_validation and not fits:
            fits = _chosen(tried, weights, parts, ids, settings)
            tried.clear()
        for algorithm, space in spaces.items():
            logger.info("fitting recommenders: %s, for %s", algorithm, fold.name)
            if fold.is_validation:
                points = space if is_searchable else _first_point(space)
                length = max(settings.blended if algorithm in weights else 0, settings.depth)
                found = search_ranker(algorithm, points, fold, settings, length)
                tried[algorithm].append(list(found))
            else:
                learned = fit_ranker(algorithm, fold, fits[algorithm]["params"])
                _store(fits[algorithm], algorithm, fold.name, learned, ids)
    return {**_without_parameters(settings.rankers, candidates), **fits}


def _of_at_least_two(
    weights: Mapping[str, list[Any]], fitted: Mapping[str, Any]
) -> dict[str, list[Any]]:
    """Return the weights to try of the rankers that are fitted; none if a blend lacks a second."""
    known = {algorithm: weights[algorithm] for algorithm in weights if algorithm in fitted}
    return known if len(known) > 1 else {}


def _chosen(
    tried: Mapping[str, list[list[Ranked]]],
    weights: Mapping[str, list[Any]],
    parts: list[str],
    ids: Ids,
    settings: Settings,
) -> dict[str, dict[str, Any]]:
    """Return the fits with the best of the points that were tried, a list of them per fold.

    Points are compared by their own rankings; those of rankers that only serve as part of a blend
    by the best blend that can be made with each.
    """
    searches = {
        algorithm: [
            (ranked[0].params, _figures_of([each.lists for each in ranked], ranked, settings))
            for ranked in zip(*of_folds, strict=True)
        ]
        for algorithm, of_folds in tried.items()
    }
    places = {algorithm: _best_of(search) for algorithm, search in searches.items()}
    for part in parts:
        for at, (params, _) in enumerate(searches[part]):
            blends = _search_blend(tried, {**places, part: at}, weights, settings)
            searches[part][at] = (params, blends[_best_of(blends, settings.min_coverage)][1])
        places[part] = _best_of(searches[part], settings.min_coverage)
    fits = {name: _fit_of(search, places[name]) for name, search in searches.items()}
    for algorithm, of_folds in tried.items():
        for of_fold in of_folds:
            ranked = of_fold[places[algorithm]]
            _store(fits[algorithm], algorithm, ranked.fold, ranked.learned, ids)
    if weights:
        blends = _search_blend(tried, places, weights, settings)
        fits[BLEND] = _fit_of(blends, _best_of(blends, settings.min_coverage))
    return fits


def _search_blend(
    tried: Mapping[str, list[list[Ranked]]],
    places: Mapping[str, int],
    weights: Mapping[str, list[Any]],
    settings: Settings,
) -> list[tuple[dict[str, Any], dict[str, float]]]:
    """Return the figures of every point of the weights, each ranker at its place of the search."""
    ranked = list(
        zip(*([fold[places[name]] for fold in tried[name]] for name in weights), strict=True)
    )
    blends = [
        Blend([each.lists for each in of_fold], of_fold[0].relevant.shape[1]) for of_fold in ranked
    ]
    first = [of_fold[0] for of_fold in ranked]
    search = []
    for point in ParameterGrid(weights):
        own = [point[name] for name in weights]
        lists = [blend.best(own, settings.depth) for blend in blends]
        search.append((point, _figures_of(lists, first, settings)))
    return search


def _best_of(search: list[tuple[dict[str, Any], dict[str, float]]], min_coverage: float = 0) -> int:
    """Return the place of the point with the best NDCG among those that cover enough, or of all."""
    covering = [at for at, (_, found) in enumerate(search) if found["coverage"] >= min_coverage]
    return max(covering or range(len(search)), key=lambda at: search[at][1]["ndcg"])


def _fit_of(search: list[tuple[dict[str, Any], dict[str, float]]], at: int) -> dict[str, Any]:
    params, figures = search[at]
    return {
        "params": params,
        "judged": _known(figures),
        "search": search,
        "weights": [],
        "factors": [],
    }


def _figures_of(
    lists: Sequence[Lists], ranked: Sequence[Ranked], settings: Settings
) -> dict[str, float]:
    """Return NDCG and coverage over the judged users of all folds, as if they were one."""
    top = np.vstack([each.products for each in lists])
    relevant = sp.vstack([each.relevant for each in ranked], format="csr")
    return _figures(top, relevant, settings.depth)


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
    algorithm: str, space: Mapping[str, list[Any]], fold: Fold, settings: Settings, length: int
) -> Iterator[Ranked]:
    """Fit every point of the space, and list the judged users' best products by it.

    The longest neighbour lists are cut for the shorter ones, and `product_factors` need no fit.
    `length` is that of the lists.

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
            lists = rankers.best_unseen(algorithm, used, rated, fold.judged, length, shown)
            point = {**params, **({"neighbours": cut} if cut else {}), **trend}
            yield Ranked(fold.name, point, used, lists, relevant)


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
                    lists = rankers.best_unseen(
                        algorithm, found, fold.rated(), fold.judged, settings.depth
                    )
                    fit["judged"] = _known(_figures(lists.products, relevant, settings.depth))
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
