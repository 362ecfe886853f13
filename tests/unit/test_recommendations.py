import json

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from surprise import KNNBasic

from models_py.recommendations import rankers, rating_predictors
from models_py.recommendations.evaluation import (
    best_columns,
    ndcg_and_coverage,
    rated_item_metrics,
    top_unseen,
)
from models_py.recommendations.fits import fit_rankers, fit_rating_predictors
from models_py.recommendations.ratings import split_folds
from models_py.recommendations.record import SCHEMA

SCALE = (1, 5)


@pytest.fixture(scope="module")
def ratings() -> pd.DataFrame:
    """Return folds of 60 users in two camps that rate mostly their own half of 40 products."""
    rng = np.random.default_rng(5)
    rows = []
    for user in range(60):
        liked = rng.permutation(20)[:12] + 20 * (user % 2)
        other = rng.permutation(20)[:3] + 20 * (1 - user % 2)
        parts = rng.permutation(["train"] * 9 + ["validation"] * 3 + ["holdout"] * 3)
        for product, part in zip([*liked, *other], parts, strict=True):
            stars = rng.integers(3, 6) if product in liked else rng.integers(1, 5)
            rows.append((user, int(product), float(stars), part))
    frame = pd.DataFrame(rows, columns=["user_number", "product_number", "rating", "split"])
    known = {
        "validation": ["train"],
        "holdout": ["train", "validation"],
        "serving": ["train", "validation", "holdout"],
    }
    folds = []
    for fold, splits in known.items():
        history = frame[frame["split"].isin(splits)].assign(fold=fold, role="history")
        target = frame[frame["split"] == fold].assign(fold=fold, role="target")
        folds += [history, target]
    return pd.concat(folds, ignore_index=True).drop(columns="split")


@pytest.fixture(scope="module")
def fold(ratings):
    return {fold.name: fold for fold in split_folds(ratings)}["holdout"]


@pytest.fixture(scope="module")
def fingerprint() -> pd.DataFrame:
    return pd.DataFrame({"n_rows": [900], "content": ["1"]})


def test_folds_do_not_depend_on_the_order_of_rows(ratings):
    shuffled = ratings.sample(frac=1, random_state=3)
    for one, other in zip(split_folds(ratings), split_folds(shuffled), strict=True):
        pd.testing.assert_frame_equal(one.history, other.history)
        pd.testing.assert_frame_equal(one.targets, other.targets)


def test_best_columns_breaks_ties_by_column_and_pads():
    scores = np.array([[0.5, 0.7, 0.7 + 1e-12, -np.inf], [-1, -np.inf, -np.inf, -3]])
    assert best_columns(scores, 3).tolist() == [[1, 2, 0], [0, 3, -1]]
    assert best_columns(scores, 5)[0].tolist() == [1, 2, 0, -1, -1]


def test_top_unseen_leaves_out_what_is_rated():
    rated = sp.csr_array(np.array([[0, 1, 0]]))
    assert top_unseen(np.array([[1.0, 9.0, 2.0]]), rated, 2).tolist() == [[2, 0]]


def test_ndcg_and_coverage_by_hand():
    relevant = sp.csr_array(np.array([[0, 1, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]]))
    top = np.array([[1, 0, 2], [0, 1, -1], [3, 2, 1]])
    ndcg, coverage = ndcg_and_coverage(top, relevant, 3)
    assert ndcg == pytest.approx((1.5 / (1 + 1 / np.log2(3)) + 0) / 2)
    assert coverage == 1.0
    assert ndcg_and_coverage(top, relevant, 2)[1] == 0.75 + 0.25


def test_ndcg_of_nobody_is_nan():
    assert np.isnan(ndcg_and_coverage(np.array([[0]]), sp.csr_array((1, 2)), 1)[0])


def test_rated_item_metrics_by_hand():
    predictions = pd.DataFrame(
        {
            "user_number": [0, 0, 0, 1],
            "product_number": [1, 2, 3, 3],
            "rating": [5.0, 2.0, 4.0, 1.0],
            "estimate": [4.0, 4.0, 3.0, 1.5],
        }
    )
    metrics = rated_item_metrics(predictions, 1, 3.5)
    assert metrics["rmse"] == pytest.approx(np.sqrt(6.25 / 4))
    assert metrics["mae"] == pytest.approx(4.5 / 4)
    assert (metrics["precision"], metrics["recall"]) == (0.5, 0.25)
    assert metrics["f1"] == pytest.approx(2 * 0.5 * 0.25 / 0.75)


def test_neighbour_weights_equal_the_formula(fold):
    rated = fold.rated()
    weights = rankers.neighbour_weights(rated, neighbours=5, power=2, shrinkage=3)
    dense = rated.toarray()
    for user in range(0, fold.n_users, 7):
        common = dense @ dense[user]
        expected = (common / (np.sqrt(dense.sum(1) * dense[user].sum()) + 3)) ** 2
        expected[user] = -1
        order = np.lexsort((np.arange(len(expected)), -expected.round(9)))[:5]
        assert weights.neighbours[user].tolist() == order.tolist()
        np.testing.assert_allclose(weights.strengths[user], expected[order], atol=1e-9)


def test_ease_equals_its_closed_form(fold):
    rated = fold.rated()
    dense = rated.toarray()
    inverse = np.linalg.inv(dense.T @ dense + 7 * np.eye(fold.n_products))
    expected = -inverse / np.diag(inverse)[:, None]
    np.fill_diagonal(expected, 0)
    learned = rankers.ease_weights(rated, fold.n_products, ridge=7).matrix().toarray()
    np.testing.assert_allclose(learned, expected, atol=1e-9)


def test_truncation_keeps_the_best_neighbours(fold):
    longer = rankers.ease_weights(fold.rated(), 8, ridge=7)
    shorter = rankers.ease_weights(fold.rated(), 3, ridge=7)
    assert longer.truncated(3).neighbours.tolist() == shorter.neighbours.tolist()
    assert (np.diff(longer.strengths, axis=1) <= 0).all()


@pytest.mark.parametrize(
    ("algorithm", "params"),
    [
        ("user_neighbours", {"neighbours": 10, "power": 1, "shrinkage": 0}),
        ("item_neighbours", {"neighbours": 10, "power": 1, "shrinkage": 0}),
        ("ease", {"neighbours": 10, "ridge": 5}),
        (
            "implicit_als",
            {
                "factors": 4,
                "regularization": 1,
                "alpha": 5,
                "iterations": 8,
                "random_state": 1,
            },
        ),
    ],
)
def test_every_ranker_finds_the_camps(fold, algorithm, params):
    rated = fold.rated()
    learned = rankers.fit(algorithm, rated, params)
    top = top_unseen(rankers.score(algorithm, learned, rated), rated, 3)
    own_half = (top // 20) == (np.arange(fold.n_users)[:, None] % 2)
    assert own_half[top >= 0].mean() > 0.7


def test_an_unknown_ranker_is_an_error(fold):
    with pytest.raises(KeyError, match="slope_one"):
        rankers.fit("slope_one", fold.rated(), {})


@pytest.mark.parametrize("name", ["cosine", "msd", "pearson_baseline"])
@pytest.mark.parametrize("user_based", [True, False])
def test_all_neighbour_estimates_equal_predict(fold, name, user_based):
    options = {"name": name, "user_based": user_based}
    params = {"k": 4, "min_k": 2, "sim_options": options, "verbose": False}
    fitted = rating_predictors.fit("user_knn", params, fold.history, SCALE)
    of_the_library = KNNBasic(**params).fit(fitted.trainset)
    np.testing.assert_allclose(fitted.sim, of_the_library.sim, atol=1e-12)
    everything = rating_predictors.knn_estimates(fitted, fold)
    pairs = fold.targets
    expected = rating_predictors.estimates(fitted, pairs)
    found = everything[pairs["user_number"], pairs["product_number"]]
    np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize(
    ("algorithm", "params"),
    [("svd", {"n_factors": 5, "random_state": 1}), ("baseline_only", {"verbose": False})],
)
def test_factor_products_equal_predict(fold, algorithm, params):
    fitted = rating_predictors.fit(algorithm, params, fold.history, SCALE)
    found = rating_predictors.factors(fitted, fold.n_users, fold.n_products)
    products = (found.users @ found.products.T).clip(*SCALE)
    pairs = fold.targets
    np.testing.assert_allclose(
        products[pairs["user_number"], pairs["product_number"]],
        rating_predictors.estimates(fitted, pairs),
        atol=1e-9,
    )


def test_search_takes_the_least_rmse(fold):
    grid = {"n_factors": [2], "reg_all": [0.02, 0.4], "random_state": [1]}
    params, candidates = rating_predictors.search("svd", grid, fold.history, SCALE, 1)
    best = min(candidates, key=lambda candidate: candidate["rmse"])
    assert len(candidates) == 2
    assert params == best["params"]


def fitted_rankers(
    ratings, fingerprint, min_coverage=0.0, skipped=(), stored=None, is_searchable=True
):
    fitted = {"popularity_count", "item_neighbours", "ease"} - set(skipped)
    candidates = pd.DataFrame(
        {
            "algorithm": sorted(fitted),
            "stored_params": [(stored or {}).get(n) for n in sorted(fitted)],
            "is_searchable": is_searchable,
        }
    )
    return fit_rankers(
        ratings,
        candidates,
        fingerprint,
        search_spaces={
            "popularity_count": {},
            "item_neighbours": {"power": [1, 3], "shrinkage": [0], "neighbours": [2, 6]},
            "ease": {"ridge": [1, 20], "neighbours": [4]},
        },
        fitted_in_sql=["popularity_count"],
        relevant_rating=3.5,
        min_coverage=min_coverage,
        k=5,
    )


def test_a_fit_is_a_row_with_its_search_and_what_it_learned(ratings, fingerprint):
    table = fitted_rankers(ratings, fingerprint)
    assert table.schema == SCHEMA
    rows = {row["model_name"]: row for row in table.to_pylist()}
    assert list(rows) == ["popularity_count", "item_neighbours", "ease"]
    searched = rows["item_neighbours"]["search"]
    best = max(searched, key=lambda point: json.loads(point["metrics"])["ndcg"])
    assert len(searched) == 4
    assert rows["item_neighbours"]["params"] == best["params"]
    for ranker in ("item_neighbours", "ease"):
        folds = {weights["fold"] for weights in rows[ranker]["weights"]}
        assert folds == {"validation", "holdout", "serving"}
    assert rows["ease"]["n_rows"] == 900


def test_a_point_that_covers_too_little_is_not_chosen(ratings, fingerprint):
    for row in fitted_rankers(ratings, fingerprint, min_coverage=0.99).to_pylist()[1:]:
        metrics = [json.loads(point["metrics"]) for point in row["search"]]
        covering = [point for point in metrics if point["coverage"] >= 0.99]
        chosen = json.loads(row["metrics"])
        assert chosen["ndcg"] == max(point["ndcg"] for point in covering or metrics)


def test_what_is_skipped_is_not_fitted(ratings, fingerprint):
    table = fitted_rankers(ratings, fingerprint, skipped=["ease"])
    assert table["model_name"].to_pylist() == ["popularity_count", "item_neighbours"]


def test_a_refit_takes_the_stored_parameters(ratings, fingerprint):
    params = {"power": 2, "shrinkage": 0, "neighbours": 5}
    table = fitted_rankers(ratings, fingerprint, stored={"item_neighbours": json.dumps(params)})
    fits = {row["model_name"]: row for row in table.to_pylist()}
    assert json.loads(fits["item_neighbours"]["params"]) == params
    assert [len(fit["search"]) for fit in fits.values()] == [1, 1, 2]


def test_without_a_search_the_first_parameters_hold(ratings, fingerprint):
    histories = ratings[ratings["role"] == "history"]
    table = fitted_rankers(histories, fingerprint, skipped=["ease"], is_searchable=False)
    fit = table.to_pylist()[1]
    assert json.loads(fit["params"]) == {"power": 1, "shrinkage": 0, "neighbours": 2}
    assert {weights["fold"] for weights in fit["weights"]} == {"validation", "holdout", "serving"}


def test_fits_do_not_depend_on_the_order_of_rows(ratings, fingerprint):
    shuffled = ratings.sample(frac=1, random_state=9)
    assert fitted_rankers(ratings, fingerprint) == fitted_rankers(shuffled, fingerprint)


def test_rating_predictors_return_estimates_rankings_and_factors(ratings, fingerprint):
    table = fit_rating_predictors(
        ratings,
        pd.DataFrame({"algorithm": ["user_knn", "svd"], "stored_params": [None, None]}),
        fingerprint,
        search_spaces={
            "user_knn": {"k": [5], "min_k": [1, 2], "verbose": [False]},
            "svd": {"n_factors": [3], "random_state": [1]},
            "item_knn": {"k": [5]},
        },
        rating_scale=SCALE,
        depth=4,
        random_state=1,
    )
    user_knn, svd = table.to_pylist()
    n_targets = (ratings["role"] == "target").sum()
    assert table.schema == SCHEMA
    assert len(user_knn["predictions"]) == len(svd["predictions"]) == n_targets
    assert len(user_knn["rankings"]) == 60
    assert {len(row["product_numbers"]) for row in user_knn["rankings"]} == {4}
    assert user_knn["factors"] == svd["rankings"] == []
    assert len(svd["factors"]) == 3 * (60 + 40)
