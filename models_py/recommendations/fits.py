"""Tune and fit recommenders; return one row for each."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
from sklearn.model_selection import ParameterGrid

from models_py.recommendations import rankers, rating_predictors
from models_py.recommendations.evaluation import ndcg_and_coverage, top_unseen
from models_py.recommendations.rankers import Factors, Weights
from models_py.recommendations.ratings import Fold, split_folds
from models_py.recommendations.record import (
    factor_rows,
    prediction_rows,
    ranking_rows,
    table,
    weight_rows,
)
from models_py.runs import describe_run


def fit_rating_predictors(
    ratings: pd.DataFrame,
    candidates: pd.DataFrame,
    fingerprint: pd.DataFrame,
    search_spaces: Mapping[str, Mapping[str, Any]],
    rating_scale: tuple[float, float],
    depth: int,
    random_state: int,
) -> pa.Table:
    """Tune and fit predictors of ratings; return their estimates, rankings and factors.

    Parameters are searched inside the history of the validation fold. Neighbour models return
    rankings, because scikit-surprise's choice of neighbours per rated product is not a sum of
    stored weights; as they cannot be served, and so not be chosen, only on the holdout. SVD and
    BaselineOnly return the factors from which SQL ranks.

    Parameters
    ----------
    ratings : DataFrame
        As in `split_folds`.
    candidates : DataFrame
        Columns `algorithm` and `stored_params` (JSON or null); what is not in it is not fitted, and
        stored parameters are not searched.
    fingerprint : DataFrame of shape (1, n_columns)
        Identifies the ratings; holds `n_rows`.
    search_spaces : mapping
        Per algorithm the `param_grid` of scikit-surprise's search.
    rating_scale : (float, float)
        Lowest and highest rating.
    depth : int
        Length of the rankings.
    random_state : int
        Seed of the search's split.

    Returns
    -------
    pyarrow.Table
        A row per algorithm, columns of `SCHEMA`.
    """
    folds = list(split_folds(ratings))
    rows = []
    for algorithm, space in _wanted(search_spaces, candidates).items():
        params, points = rating_predictors.search(
            algorithm,
            space,
            _fold(folds, "validation").history,
            rating_scale,
            random_state,
        )
        learned: dict[str, list[pa.Table]] = {"predictions": [], "rankings": [], "factors": []}
        for fold in folds:
            is_ranked_here = algorithm.endswith("_knn")
            if is_ranked_here and fold.name == "serving":
                continue
            fitted = rating_predictors.fit(algorithm, params, fold.history, rating_scale)
            estimates = rating_predictors.estimates(fitted, fold.targets)
            learned["predictions"].append(prediction_rows(fold, estimates))
            if not is_ranked_here:
                found = rating_predictors.factors(fitted, fold.n_users, fold.n_products)
                learned["factors"].extend(factor_rows(fold, found))
            elif fold.name == "holdout":
                scores = rating_predictors.knn_estimates(fitted, fold)
                top = top_unseen(scores, fold.rated(), depth)
                learned["rankings"].append(ranking_rows(fold, top))
        search = [
            {"params": _json(point["params"]), "metrics": _json({"rmse": point["rmse"]})}
            for point in points
        ]
        rows.append(_row(algorithm, params, fingerprint, search, learned))
    return table(rows)


def fit_rankers(
    ratings: pd.DataFrame,
    candidates: pd.DataFrame,
    fingerprint: pd.DataFrame,
    search_spaces: Mapping[str, Mapping[str, list[Any]]],
    fitted_in_sql: list[str],
    relevant_rating: float,
    min_coverage: float,
    k: int,
) -> pa.Table:
    """Tune rankers by NDCG on the validation fold, fit them on every fold, return their rows.

    The choice is the best NDCG@k among the points whose rankings cover `min_coverage` of the
    products, or the best of all if none does; truncated weights are judged truncated.

    Parameters
    ----------
    ratings : DataFrame
        As in `split_folds`; empty where nothing is fitted here.
    candidates : DataFrame
        Columns `algorithm`, `stored_params` (JSON or null) and `is_searchable`; what is not in it
        is not fitted, and stored parameters are not searched. Where the data are too large for a
        search, the first value of every parameter is taken.
    fingerprint : DataFrame of shape (1, n_columns)
        Identifies the ratings; holds `n_rows`.
    search_spaces : mapping
        Per algorithm the values to try of each parameter.
    fitted_in_sql : list of str
        Algorithms of which only the parameters are chosen here: SQL computes their weights.
    relevant_rating, min_coverage : float
        Rating from which a held-out product is relevant; share of products to be recommended.
    k : int
        Depth of the rankings that are compared.

    Returns
    -------
    pyarrow.Table
        A row per algorithm, columns of `SCHEMA`.
    """
    folds = list(split_folds(ratings))
    is_searchable = candidates["is_searchable"].any()
    rows = []
    for algorithm, space in _wanted(search_spaces, candidates).items():
        points = (
            _search_ranker(algorithm, space, _fold(folds, "validation"), relevant_rating, k)
            if folds and space and is_searchable
            else [({name: values[0] for name, values in space.items()}, {}, None)]
        )
        covering = [point for point in points if point[1].get("coverage", 0) >= min_coverage]
        params, _, searched = max(covering or points, key=lambda point: point[1].get("ndcg", 0))
        learned: dict[str, list[pa.Table]] = {"weights": [], "factors": []}
        for fold in folds if algorithm not in fitted_in_sql else []:
            is_fitted = searched is not None and fold.name == "validation"
            found = searched if is_fitted else rankers.fit(algorithm, fold.rated(), params)
            if isinstance(found, Factors):
                learned["factors"].extend(factor_rows(fold, found))
            else:
                learned["weights"].append(weight_rows(fold, found))
        search = [{"params": _json(point), "metrics": _json(found)} for point, found, _ in points]
        rows.append(_row(algorithm, params, fingerprint, search, learned))
    return table(rows)


def _search_ranker(
    algorithm: str, space: Mapping[str, list[Any]], fold: Fold, relevant_rating: float, k: int
) -> list[tuple[dict[str, Any], dict[str, float], Weights | Factors]]:
    """Fit and judge every point of the space; the longest neighbour lists are cut for the rest."""
    rated, relevant = fold.rated(), fold.relevant(relevant_rating)
    lengths = space.get("neighbours", [])
    fixed = {name: values for name, values in space.items() if name != "neighbours"}
    points = []
    for params in ParameterGrid(fixed):
        longest = {"neighbours": max(lengths)} if lengths else {}
        learned = rankers.fit(algorithm, rated, {**params, **longest})
        for cut in lengths or [None]:
            used = learned.truncated(cut) if isinstance(learned, Weights) else learned
            top = top_unseen(rankers.score(algorithm, used, rated), rated, k)
            ndcg, coverage = ndcg_and_coverage(top, relevant, k)
            point = {**params, "neighbours": cut} if cut else dict(params)
            metrics = {"ndcg": round(ndcg, 9), "coverage": round(coverage, 9)}
            points.append((point, metrics, used))
    return points


def _wanted(
    search_spaces: Mapping[str, Mapping[str, Any]], candidates: pd.DataFrame
) -> dict[str, Mapping[str, Any]]:
    """Return the spaces of the candidates; a point where parameters are stored."""
    stored = candidates.set_index("algorithm")["stored_params"]
    return {
        algorithm: space if pd.isna(stored[algorithm]) else _point(json.loads(stored[algorithm]))
        for algorithm, space in search_spaces.items()
        if algorithm in stored.index
    }


def _point(params: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _point(value) if isinstance(value, dict) else [value]
        for name, value in params.items()
    }


def _fold(folds: list[Fold], name: str) -> Fold:
    return next(fold for fold in folds if fold.name == name)


def _row(
    algorithm: str,
    params: Mapping[str, Any],
    fingerprint: pd.DataFrame,
    search: list[dict[str, str]],
    learned: Mapping[str, list[pa.Array]],
) -> dict[str, Any]:
    run = describe_run("recommendations", "ratings", algorithm, fingerprint, params)
    chosen = next(point["metrics"] for point in search if point["params"] == _json(params))
    nested = {name: pa.concat_arrays(parts) for name, parts in learned.items() if parts}
    n_rows = int(fingerprint["n_rows"].iloc[0])
    return {**run, "n_rows": n_rows, "metrics": chosen, "search": search, **nested}


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True)
