"""The published figures, on the course's split of the real file."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from surprise import Dataset, Reader
from surprise.model_selection import train_test_split

from models_py.recommendations import rankers, rating_predictors
from models_py.recommendations.evaluation import (
    ndcg_and_coverage,
    rated_item_metrics,
    top_unseen,
)
from models_py.recommendations.ratings import KEY, Fold

REAL = Path(__file__).parents[3] / "shared" / "data" / "ratings_Electronics.csv"
SCALE = (1, 5)

pytestmark = pytest.mark.skipif(not REAL.is_file(), reason="the real ratings are not there")


@pytest.fixture(scope="module")
def course_split() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return train and test ratings in the order in which the course's notebook fits them."""
    raw = pd.read_csv(REAL, dtype={"user_id": str, "prod_id": str})
    data = Dataset.load_from_df(raw, Reader(rating_scale=SCALE))
    train, test = train_test_split(data, test_size=0.2, random_state=42)
    users = {user: number for number, user in enumerate(sorted(raw["user_id"].unique()))}
    products = {key: number for number, key in enumerate(sorted(raw["prod_id"].unique()))}
    known = [
        (users[train.to_raw_uid(user)], products[train.to_raw_iid(product)], rating)
        for user, product, rating in train.all_ratings()
    ]
    held_out = [(users[user], products[product], rating) for user, product, rating in test]
    return tuple(pd.DataFrame(rows, columns=[*KEY, "rating"]) for rows in (known, held_out))


@pytest.fixture(scope="module")
def fold(course_split) -> Fold:
    train, test = (part.sort_values(KEY, ignore_index=True) for part in course_split)
    return Fold("holdout", False, train, test, 1540, 5689, np.arange(1540))


def judged(fold, scores):
    return ndcg_and_coverage(top_unseen(scores, fold.rated(), 10), fold.relevant(3.5), 10)


def knn(similarity, user_based, k, min_k):
    options = {"name": similarity, "user_based": user_based}
    return {"k": k, "min_k": min_k, "sim_options": options, "verbose": False}


@pytest.mark.parametrize(
    ("algorithm", "params", "published"),
    [
        ("user_knn", knn("cosine", True, 40, 1), (1.0012, 0.855, 0.858, 0.857)),
        ("user_knn", knn("cosine", True, 40, 6), (0.9526, 0.847, 0.894, 0.870)),
        ("item_knn", knn("cosine", False, 40, 1), (0.9950, 0.838, 0.845, 0.841)),
        ("item_knn", knn("msd", False, 30, 6), (0.9576, 0.839, 0.880, 0.859)),
        ("svd", {"random_state": 1}, (0.8882, 0.853, 0.880, 0.866)),
        (
            "svd",
            {"n_epochs": 20, "lr_all": 0.01, "reg_all": 0.2, "random_state": 1},
            (0.8808, 0.854, 0.878, 0.865),
        ),
    ],
)
def test_rated_items_as_published(course_split, algorithm, params, published):
    train, test = course_split
    fitted = rating_predictors.fit(algorithm, params, train, SCALE)
    estimates = rating_predictors.estimates(fitted, test)
    metrics = rated_item_metrics(test.assign(estimate=estimates), 10, 3.5)
    rmse, *others = published
    assert metrics["rmse"] == pytest.approx(rmse, abs=0.002)
    found = [metrics[name] for name in ("precision", "recall", "f1")]
    assert found == pytest.approx(others, abs=0.01)


@pytest.mark.parametrize(
    ("algorithm", "params", "ndcg", "coverage"),
    [
        (
            "item_neighbours",
            {"neighbours": 20, "power": 1, "shrinkage": 0},
            0.0347,
            0.72,
        ),
        (
            "user_neighbours",
            {"neighbours": 40, "power": 1, "shrinkage": 0},
            0.0452,
            0.24,
        ),
        (
            "user_neighbours",
            {"neighbours": 200, "power": 2, "shrinkage": 0},
            0.0466,
            0.17,
        ),
        ("ease", {"neighbours": 5688, "ridge": 100}, 0.0472, 0.20),
    ],
)
def test_full_catalogue_as_published(fold, algorithm, params, ndcg, coverage):
    rated = fold.rated()
    learned = rankers.fit(algorithm, rated, params)
    found = judged(fold, rankers.score(algorithm, learned, rated))
    assert found == (pytest.approx(ndcg, abs=0.002), pytest.approx(coverage, abs=0.01))


def test_the_best_rmse_ranks_worse_than_popularity(course_split, fold):
    params = {"n_epochs": 20, "lr_all": 0.01, "reg_all": 0.2, "random_state": 1}
    fitted = rating_predictors.fit("svd", params, course_split[0], SCALE)
    factors = rating_predictors.factors(fitted, fold.n_users, fold.n_products)
    svd, coverage = judged(fold, factors.users @ factors.products.T)
    assert (svd, coverage) == (pytest.approx(0.0018, abs=0.002), pytest.approx(0.06, abs=0.01))

    ratings = np.bincount(fold.history["product_number"], minlength=fold.n_products)
    popular, coverage = judged(fold, np.tile(ratings / 1000, (fold.n_users, 1)))
    assert (popular, coverage) == (pytest.approx(0.0215, abs=0.002), pytest.approx(0.003, abs=0.01))
    assert svd < popular
