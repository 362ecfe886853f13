"""Predictors of ratings, as scikit-surprise fits them: neighbours, matrix factors, baselines."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from surprise import SVD, AlgoBase, BaselineOnly, Dataset, KNNBasic, Reader, Trainset
from surprise.model_selection import GridSearchCV, ShuffleSplit

from models_py.recommendations.evaluation import DIGITS
from models_py.recommendations.rankers import Factors
from models_py.recommendations.ratings import KEY, Fold

BLOCK = 512


class SparseKNN(KNNBasic):
    """KNNBasic whose similarities are summed by sparse products, a block of rows at a time.

    scikit-surprise holds five dense matrices of n by n meanwhile, this one of them; the formulas
    are those of `surprise.similarities` (cosine, msd, pearson_baseline).
    """

    def compute_similarities(self) -> np.ndarray:
        """Return the similarity of every pair, shape (n_x, n_x)."""
        xs, ys, values = _ratings_of(self)
        options = {"name": "msd", "shrinkage": 100, "min_support": 1, **self.sim_options}
        is_pearson = options["name"] == "pearson_baseline"
        if is_pearson:
            users, items = self.compute_baselines()
            bx, by = (users, items) if options["user_based"] else (items, users)
            values = values - (self.trainset.global_mean + bx[xs] + by[ys])
        rated, valued, squared = (
            sp.csr_array((column, (xs, ys)), shape=(self.n_x, self.n_y))
            for column in (np.ones_like(values), values, values**2)
        )
        similarity = np.zeros((self.n_x, self.n_x))
        for start in range(0, self.n_x, BLOCK):
            rows = slice(start, start + BLOCK)
            common = (rated[rows] @ rated.T).toarray()
            products = (valued[rows] @ valued.T).toarray()
            own, other = (squared[rows] @ rated.T).toarray(), (rated[rows] @ squared.T).toarray()
            with np.errstate(divide="ignore", invalid="ignore"):
                if options["name"] == "msd":
                    found = 1 / ((own + other - 2 * products) / common + 1)
                else:
                    found = products / np.sqrt(own * other)
                if is_pearson:
                    found *= (common - 1) / (common - 1 + options["shrinkage"])
            support = max(options["min_support"], 2 if is_pearson else 1)
            similarity[rows] = np.where(common >= support, found, 0)
        np.fill_diagonal(similarity, 1)
        return similarity


CLASSES = {
    "user_knn": SparseKNN,
    "item_knn": SparseKNN,
    "svd": SVD,
    "baseline_only": BaselineOnly,
}


def search(
    algorithm: str,
    grid: Mapping[str, Any],
    history: pd.DataFrame,
    rating_scale: tuple[float, float],
    random_state: int,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Choose parameters by scikit-surprise's own grid search, on a split inside the history.

    Parameters
    ----------
    algorithm : str
        A key of `CLASSES`.
    grid : mapping
        The `param_grid` of `surprise.model_selection.GridSearchCV`.
    history : DataFrame of shape (n_ratings, 3)
        Columns `user_number`, `product_number`, `rating`, sorted by key.
    rating_scale : (float, float)
        Lowest and highest rating.
    random_state : int
        Seed of the split: four fifths to fit, one fifth to compare by RMSE.

    Returns
    -------
    params : dict
        Keyword arguments of the class with the least RMSE.
    candidates : list of dict
        `params` and `rmse` of every point of the grid.
    """
    split = ShuffleSplit(n_splits=1, test_size=0.2, random_state=random_state)
    found = GridSearchCV(CLASSES[algorithm], grid, measures=["rmse"], cv=split)
    found.fit(_dataset(history, rating_scale))
    results = found.cv_results
    candidates = [
        {"params": params, "rmse": float(rmse)}
        for params, rmse in zip(results["params"], results["mean_test_rmse"], strict=True)
    ]
    return found.best_params["rmse"], candidates


def fit(
    algorithm: str,
    params: Mapping[str, Any],
    history: pd.DataFrame,
    rating_scale: tuple[float, float],
) -> AlgoBase:
    """Fit one predictor on a history.

    Parameters
    ----------
    algorithm : str
        A key of `CLASSES`.
    params : mapping
        Keyword arguments of its class.
    history : DataFrame of shape (n_ratings, 3)
        Columns `user_number`, `product_number`, `rating`; the order of rows decides ties between
        neighbours and the path of SVD's descent.
    rating_scale : (float, float)
        Lowest and highest rating; estimates are clipped to it.

    Returns
    -------
    surprise.AlgoBase
    """
    trainset = _dataset(history, rating_scale).build_full_trainset()
    return CLASSES[algorithm](**params).fit(trainset)


def estimates(fitted: AlgoBase, pairs: pd.DataFrame) -> np.ndarray:
    """Return the estimated rating of every (user, product) pair, in the order given."""
    keys = pairs[KEY].itertuples(index=False, name=None)
    return np.array([fitted.predict(*key).est for key in keys], dtype=float).round(DIGITS)


def factors(fitted: AlgoBase, n_users: int, n_products: int) -> Factors:
    """Return vectors whose inner product is the estimate of SVD or BaselineOnly, unclipped.

    A user's vector is (mean + user bias, 1, factors), a product's (1, product bias, factors);
    whoever was not in the history has bias and factors 0, as in scikit-surprise.

    Parameters
    ----------
    fitted : surprise.SVD or surprise.BaselineOnly
        Fitted predictor.
    n_users, n_products : int
        Numbers run from 0.

    Returns
    -------
    Factors
    """
    trainset = fitted.trainset
    bias = {
        "user": np.asarray(fitted.bu, dtype=float),
        "product": np.asarray(fitted.bi, dtype=float),
    }
    known = {
        "user": [trainset.to_raw_uid(inner) for inner in trainset.all_users()],
        "product": [trainset.to_raw_iid(inner) for inner in trainset.all_items()],
    }
    latent = {
        "user": getattr(fitted, "pu", np.empty((trainset.n_users, 0))),
        "product": getattr(fitted, "qi", np.empty((trainset.n_items, 0))),
    }
    n_factors = latent["user"].shape[1]
    users = np.zeros((n_users, n_factors + 2))
    users[:, :2] = trainset.global_mean, 1
    users[known["user"], 0] += bias["user"]
    users[known["user"], 2:] = latent["user"]
    products = np.zeros((n_products, n_factors + 2))
    products[:, 0] = 1
    products[known["product"], 1] = bias["product"]
    products[known["product"], 2:] = latent["product"]
    return Factors(users, products)


def knn_estimates(fitted: KNNBasic, fold: Fold) -> np.ndarray:
    """Return `predict` of every user and product at once, for neighbour models.

    Sums over all positive similarities are two matrix products; only where more than `k` raters
    are similar, the `k` best are picked as scikit-surprise picks them: ties by row order.

    Parameters
    ----------
    fitted : surprise.KNNBasic
        Fitted on `fold.history`.
    fold : Fold
        The histories to score from.

    Returns
    -------
    ndarray of shape (n_users, n_products)
        Clipped estimates; the mean rating where fewer than `min_k` neighbours speak.
    """
    trainset: Trainset = fitted.trainset
    user_based = fitted.sim_options["user_based"]
    # In the space of scikit-surprise: x are the neighbours' kind, y the other.
    xs, ys, stars = _ratings_of(fitted)
    shape = (fitted.n_x, fitted.n_y)
    rated = sp.csr_array((stars, (xs, ys)), shape=shape)
    is_rated = sp.csr_array((np.ones_like(stars), (xs, ys)), shape=shape)
    similar = sp.csr_array(np.maximum(fitted.sim, 0))
    total = (similar @ is_rated).toarray()
    weighted = (similar @ rated).toarray()
    n_similar = ((similar > 0).astype(float) @ is_rated).toarray()
    for y in np.flatnonzero((n_similar > fitted.k).any(axis=0)):
        crowded = np.flatnonzero(n_similar[:, y] > fitted.k)
        raters, given = (np.array(column) for column in zip(*fitted.yr[y], strict=True))
        order = np.argsort(-fitted.sim[np.ix_(crowded, raters)], axis=1, kind="stable")
        best = order[:, : fitted.k]
        weights = np.maximum(fitted.sim[crowded[:, None], raters[best]], 0)
        total[crowded, y] = weights.sum(axis=1)
        weighted[crowded, y] = (weights * given[best]).sum(axis=1)
        n_similar[crowded, y] = fitted.k
    spoken = (n_similar >= fitted.min_k) & (total > 0)
    inner = np.where(spoken, weighted / np.where(spoken, total, 1), trainset.global_mean)
    inner = inner if user_based else inner.T
    known_users = [trainset.to_raw_uid(inner_id) for inner_id in trainset.all_users()]
    known_products = [trainset.to_raw_iid(inner_id) for inner_id in trainset.all_items()]
    estimated = np.full((fold.n_users, fold.n_products), trainset.global_mean)
    estimated[np.ix_(known_users, known_products)] = inner
    return estimated.clip(*trainset.rating_scale).round(DIGITS)


def _ratings_of(fitted: KNNBasic) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the numbers x and y and the stars of every rating, as the model numbers them."""
    triples = [(x, y, rating) for y, ratings in fitted.yr.items() for x, rating in ratings]
    xs, ys, stars = (np.array(column) for column in zip(*triples, strict=True))
    return xs, ys, stars.astype(float)


def _dataset(history: pd.DataFrame, rating_scale: tuple[float, float]) -> Dataset:
    return Dataset.load_from_df(history[[*KEY, "rating"]], Reader(rating_scale=rating_scale))
