"""What recommenders are made of and stored as, with figures worked out by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse as sp

from models_py.recommendations import rankers
from models_py.recommendations.rankers import (
    Blend,
    Factors,
    Lists,
    Weights,
    als_factors,
    best_unseen,
    ease_weights,
    neighbour_weights,
    rp3beta_weights,
    score,
)
from models_py.recommendations.ratings import Fold, split_folds
from models_py.recommendations.record import (
    SCHEMA,
    Ids,
    factor_rows,
    prediction_rows,
    ranking_rows,
    table,
    weight_rows,
)

INFINITE = float("inf")
# Two users who share one product, one who shares two with each, and one without a rating.
RATED = sp.csr_array(np.array([[1.0, 1, 0, 0], [0, 1, 1, 0], [1, 1, 1, 1], [0, 0, 0, 0]]))
WEIGHTS = Weights(
    neighbours=np.array([[1, -1], [2, 0], [-1, -1]]),
    strengths=np.array([[0.5, 0.0], [0.75, 0.25], [0.0, 0.0]]),
)


# Weights


def test_weights_as_a_matrix_and_cut():
    assert WEIGHTS.matrix().toarray().tolist() == [[0, 0.5, 0], [0.25, 0, 0.75], [0, 0, 0]]
    cut = WEIGHTS.truncated(1)
    assert cut.neighbours.tolist() == [[1], [2], [-1]]
    assert cut.strengths.tolist() == [[0.5], [0.75], [0]]


def test_neighbours_by_hand():
    found = neighbour_weights(RATED, neighbours=2, power=2, shrinkage=1)
    near, far = round((2 / (8**0.5 + 1)) ** 2, 9), round((1 / (2 + 1)) ** 2, 9)
    # The third is nearest to the first two, and both are equally near to it.
    assert found.neighbours.tolist() == [[2, 1], [2, 0], [0, 1], [-1, -1]]
    assert found.strengths.tolist() == [[near, far], [near, far], [near, near], [0, 0]]
    one = neighbour_weights(RATED, neighbours=1, power=2, shrinkage=1)
    assert one.neighbours.tolist() == [[2], [2], [0], [-1]]
    assert neighbour_weights(RATED, 9, 1, 0).neighbours.shape == (4, 3)


def test_an_entity_alone_has_no_neighbour():
    alone = neighbour_weights(sp.csr_array(np.array([[1.0, 1]])), 5, 1, 0)
    assert (alone.neighbours.tolist(), alone.strengths.tolist()) == ([[-1]], [[0]])


def test_neighbours_of_many_rows_are_found_in_every_block():
    # Each pair of rows shares a column of its own.
    numbers = np.arange(600)
    pairs = sp.csr_array((np.ones(600), (numbers, numbers // 2)), shape=(600, 300))
    found = neighbour_weights(pairs, neighbours=3, power=1, shrinkage=3)
    assert found.neighbours[:, 0].tolist() == (numbers ^ 1).tolist()
    assert found.strengths[:, 0].tolist() == [0.25] * 600
    assert (found.neighbours[:, 1:] == -1).all()
    assert (found.strengths[:, 1:] == 0).all()


def test_random_walks_by_hand():
    """From 0 to 1 by the first user (.5) and the third (.25), over the 3 users of 1 and 2 of 0."""
    found = rp3beta_weights(RATED, neighbours=3, beta=1)
    assert found.neighbours.tolist() == [[1, 3, 2], [0, 2, 3], [1, 3, 0], [0, 2, 1]]
    assert found.strengths[0].tolist() == [0.125, 0.125, 0.0625]
    assert found.strengths[3].tolist() == [0.125, 0.125, 0.083333333]
    # Nothing is held against products with many users.
    found = rp3beta_weights(RATED, neighbours=1, beta=0)
    assert found.neighbours.tolist() == [[1], [0], [1], [0]]
    assert found.strengths.tolist() == [[0.25], [0.375], [0.25], [0.125]]


def test_ease_by_hand():
    # With a ridge of 1, X'X is [[3, 1], [1, 2]]; its inverse is [[2, -1], [-1, 3]] / 5.
    found = ease_weights(sp.csr_array(np.array([[1.0, 1], [1, 0]])), neighbours=4, ridge=1)
    assert found.neighbours.tolist() == [[1], [0]]
    assert found.strengths.tolist() == [[0.5], [0.333333333]]


def test_ease_of_many_products_equals_its_closed_form():
    rated = (np.random.default_rng(2).random((20, 300)) < 0.2).astype(float)
    inverse = np.linalg.inv(rated.T @ rated + 3 * np.eye(300))
    expected = -inverse / np.diag(inverse)[:, None]
    np.fill_diagonal(expected, -INFINITE)
    found = ease_weights(sp.csr_array(rated), neighbours=299, ridge=3)
    order = np.argsort(-expected, axis=1)[:, :5]
    np.testing.assert_allclose(
        found.strengths[:, :5], np.take_along_axis(expected, order, axis=1), atol=2e-9
    )
    learned = found.matrix().toarray()
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(learned, expected, atol=2e-9)


def test_products_that_nobody_rated_together_are_no_neighbours():
    found = ease_weights(sp.csr_array(np.eye(3)), neighbours=2, ridge=1)
    assert found.neighbours.tolist() == [[-1, -1]] * 3
    assert found.strengths.tolist() == [[0, 0]] * 3


def test_als_is_given_its_parameters_and_one_thread(monkeypatch):
    seen = {}

    class Als:
        user_factors = np.array([[0.12345678949, 1.0]])
        item_factors = np.array([[2.0, 0.00000000051]])

        def __init__(self, **options):
            seen.update(options)

        def fit(self, rated, show_progress):
            seen.update(rated=rated.toarray().tolist(), show_progress=show_progress)

    monkeypatch.setattr(rankers, "AlternatingLeastSquares", Als)
    found = als_factors(sp.csr_array(np.array([[1.0, 0]])), 2, 0.5, 7.0, 4, 3)
    assert seen == {
        "factors": 2,
        "regularization": 0.5,
        "alpha": 7.0,
        "iterations": 4,
        "dtype": np.float64,
        "random_state": 3,
        "num_threads": 1,
        "rated": [[1, 0]],
        "show_progress": False,
    }
    assert found.users.tolist() == [[0.123456789, 1.0]]
    assert found.products.tolist() == [[2.0, 0.000000001]]


def test_users_have_neighbours_by_rows_and_products_by_columns():
    params = {"neighbours": 2, "power": 1, "shrinkage": 0}
    users = rankers.fit("user_neighbours", RATED, params)
    assert users.neighbours.tolist() == [[2, 1], [2, 0], [0, 1], [-1, -1]]
    products = rankers.fit("item_neighbours", RATED, params)
    # The second product was rated by three, of whom two rated the first and two the third.
    assert products.neighbours[1].tolist() == [0, 2]
    assert products.strengths[1].tolist() == [round(2 / 6**0.5, 9)] * 2


# Scores


def test_scores_by_hand():
    rated = sp.csr_array(np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]))
    # The first user has the second for a neighbour, who has the third and the first.
    assert score("user_neighbours", WEIGHTS, rated).tolist() == [
        [-INFINITE, 0.5, -INFINITE],
        [0.25, -INFINITE, 0.75],
        [-INFINITE] * 3,
    ]
    # Who rated the first product is told the second, whose neighbour it is by .25.
    assert score("item_neighbours", WEIGHTS, rated).tolist() == [
        [-INFINITE, 0.25, -INFINITE],
        [0.5, -INFINITE, -INFINITE],
        [-INFINITE, 0.75, -INFINITE],
    ]
    factors = Factors(np.array([[1.0, 2.0]]), np.array([[3.0, 1.0], [0.0, -1.0]]))
    assert score("svd", factors, rated).tolist() == [[5, -2]]


def test_the_best_unseen_products_of_some_users_by_weights():
    rated = sp.csr_array(np.array([[1.0, 0, 0], [0, 1, 0], [0, 1, 1]]))
    users = np.array([1, 0])
    found = best_unseen("user_neighbours", WEIGHTS, rated, users, 2)
    assert found.products.tolist() == [[2, 0], [1, -1]]
    assert found.scores.tolist() == [[0.75, 0.25], [0.5, 0]]
    # The second product was rated by the third user, and is all that speaks for it.
    found = best_unseen("item_neighbours", WEIGHTS, rated, np.array([2]), 2)
    assert found.products.tolist() == [[0, -1]]


@pytest.mark.parametrize("algorithm", ["svd", "user_neighbours", "item_neighbours"])
def test_many_users_are_ranked_in_every_block(algorithm):
    rng = np.random.default_rng(3)
    rated = sp.csr_array((rng.random((300, 300)) < 0.03).astype(float))
    if algorithm == "svd":
        learned = Factors(rng.normal(size=(300, 2)), rng.normal(size=(300, 2)))
    else:
        learned = neighbour_weights(rated, neighbours=5, power=1, shrinkage=0)
    users = rng.permutation(300)[:290]
    scores = score(algorithm, learned, rated)
    scores[rated.toarray() > 0] = -INFINITE
    has_history = np.diff(rated.indptr) > 0
    expected = []
    for user in users:
        order = sorted(range(300), key=lambda product: (-scores[user, product].round(9), product))
        shown = [product for product in order if scores[user, product] > -INFINITE]
        shown = shown[:4] if has_history[user] else []
        expected.append(shown + [-1] * (4 - len(shown)))
    assert best_unseen(algorithm, learned, rated, users, 4).products.tolist() == expected


def test_by_factors_nobody_without_a_history_is_ranked():
    factors = Factors(np.ones((4, 1)), np.arange(4.0)[:, None])
    found = best_unseen("svd", factors, RATED, np.array([3, 0]), 2)
    assert found.products.tolist() == [[-1, -1], [3, 2]]
    assert found.scores.tolist() == [[0, 0], [3, 2]]


# Blends


def test_blends_by_hand():
    """Norms are 5 and 10: the first user's products 0, 2 and 1 score 3/5 + 4/10, 4/5 and 3/10."""
    first = Lists(np.array([[2, 0, 3], [1, -1, -1]]), np.array([[4, 3, -7], [2, 0, 0]]))
    other = Lists(np.array([[0, 1], [-1, -1]]), np.array([[8, 6], [0, 0]]))
    found = Blend([first, other], 4).best([1, 0.5], 4)
    assert found.products.tolist() == [[0, 2, 1, -1], [1, -1, -1, -1]]
    assert found.scores.tolist() == [[1, 0.8, 0.3, 0], [1, 0, 0, 0]]
    assert Blend([first, other], 4).best([0, 1], 1).products.tolist() == [[0], [-1]]
    # Equal scores go to the lower number.
    assert Blend([other, other], 4).best([-1, 1], 2).products.tolist() == [[-1, -1], [-1, -1]]
    same = Lists(np.array([[3, 1]]), np.array([[2.0, 2.0]]))
    assert Blend([same, same], 4).best([1, 1], 2).products.tolist() == [[1, 3]]


def test_a_blend_of_nothing_recommends_nothing():
    nothing = Lists(np.array([[-1], [-1]]), np.zeros((2, 1)))
    assert Blend([nothing, nothing], 4).best([1, 1], 2).products.tolist() == [[-1, -1]] * 2


# Folds


def test_matrices_of_a_fold_by_hand():
    columns = ["user_number", "product_number", "rating"]
    fold = Fold(
        "holdout",
        False,
        pd.DataFrame([(0, 1, 2.0), (1, 0, 5.0)], columns=columns),
        pd.DataFrame([(0, 2, 3.5), (1, 2, 3.4), (1, 1, 5.0)], columns=columns),
        3,
        4,
        np.array([0, 1]),
    )
    assert fold.rated().toarray().tolist() == [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
    assert fold.relevant(3.5).toarray().tolist() == [[0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]]


RATINGS = pd.DataFrame(
    [
        (1, 3, 4.0, 0, True),
        (0, 2, 5.0, 1, True),
        (0, 1, 3.0, 0, True),
        (2, 0, 2.0, 0, False),
        (2, 1, 2.0, 1, False),
        (1, 0, 1.0, 2, True),
    ],
    columns=["user_number", "product_number", "rating", "fold_number", "is_evaluated"],
).assign(day=np.nan)
FOLDS = pd.DataFrame(
    {"fold": ["validation", "holdout", "serving"], "fold_number": [1, 2, 3], "first_day": np.nan}
)
FOLDS["part"] = FOLDS["fold"]


def rows_of(frame: pd.DataFrame) -> list[list[float]]:
    return frame[["user_number", "product_number", "rating"]].to_numpy().tolist()


def test_folds_by_hand():
    validation, holdout, serving = split_folds(RATINGS, FOLDS)
    assert [each.name for each in (validation, holdout, serving)] == [
        *("validation", "holdout", "serving"),
    ]
    assert rows_of(validation.history) == [[0, 1, 3], [1, 3, 4], [2, 0, 2]]
    assert rows_of(validation.targets) == [[0, 2, 5]]
    assert rows_of(holdout.history) == [[0, 1, 3], [0, 2, 5], [1, 3, 4], [2, 0, 2], [2, 1, 2]]
    assert rows_of(holdout.targets) == [[1, 0, 1]]
    assert len(serving.history) == 6
    assert serving.targets.empty
    assert [each.judged.tolist() for each in (validation, holdout, serving)] == [[0, 1]] * 3
    assert [(each.n_users, each.n_products) for each in (validation, serving)] == [(3, 4)] * 2
    assert validation.history["age"].isna().all()
    larger = next(split_folds(RATINGS, FOLDS, 5, 6))
    assert (larger.n_users, larger.n_products) == (5, 6)


PURCHASES = pd.DataFrame(
    [
        (0, 0, 0, 100),  # and again on a later day
        (0, 0, 1, 112),
        (0, 1, 1, 115),
        (0, 1, 2, 121),
        (1, 1, 0, 95),
        (1, 0, 2, 125),
        (2, 1, 1, 111),  # of whom nothing was known before
    ],
    columns=["user_number", "product_number", "fold_number", "day"],
).assign(rating=1.0, is_evaluated=True)
DATED_FOLDS = pd.DataFrame(
    {
        "fold": ["validation_1", "holdout", "serving"],
        "part": ["validation", "holdout", "serving"],
        "fold_number": [1, 2, 3],
        "first_day": [110, 120, 130],
    }
)


def test_purchases_are_known_by_their_last_day_and_judged_where_they_are_new():
    validation, holdout, serving = split_folds(PURCHASES, DATED_FOLDS)
    assert [validation.is_validation, holdout.is_validation] == [True, False]
    ages = [["user_number", "product_number", "age"]]
    assert validation.history[ages[0]].to_numpy().tolist() == [[0, 0, 10], [1, 1, 15]]
    # What 0 bought again is not new to him, and 2 came after the fold began.
    assert rows_of(validation.targets) == [[0, 1, 1]]
    assert holdout.history[ages[0]].to_numpy().tolist() == [
        *([0, 0, 8], [0, 1, 5], [1, 1, 25], [2, 1, 9]),
    ]
    assert rows_of(holdout.targets) == [[1, 0, 1]]
    assert serving.history[ages[0]].to_numpy().tolist() == [
        *([0, 0, 18], [0, 1, 9], [1, 0, 5], [1, 1, 35], [2, 1, 19]),
    ]


def test_users_of_a_product_are_counted_ever_and_of_late():
    holdout = list(split_folds(PURCHASES, DATED_FOLDS))[1]
    assert holdout.rated().toarray().tolist() == [[1, 1], [0, 1], [0, 1]]
    assert holdout.users(8).tolist() == [1, 1]
    assert holdout.users(9).tolist() == [1, 2]
    assert holdout.users().tolist() == [1, 3]
    unknown_product = list(split_folds(PURCHASES, DATED_FOLDS, n_products=3))[1]
    assert unknown_product.users().tolist() == [1, 3, 0]


def test_products_that_nobody_had_lately_are_hidden_and_those_that_sell_come_first():
    rated = sp.csr_array(np.array([[1, 0, 0, 0]]))
    weights = Weights(np.array([[-1], [0], [0], [0]]), np.array([[0], [0.4], [0.3], [0.2]]))
    users, factors = np.array([0]), np.array([1, 1, 2, 0])
    found = best_unseen("item_neighbours", weights, rated, users, 3, factors)
    assert found.products.tolist() == [[2, 1, -1]]
    assert found.scores.tolist() == [[0.6, 0.4, 0]]
    vectors = Factors(np.array([[1.0]]), np.array([[9.0], [0.4], [0.3], [-0.2]]))
    found = best_unseen("svd", vectors, rated, users, 3, factors)
    assert found.products.tolist() == [[2, 1, -1]]


# Rows that are stored

IDS = Ids(pa.array(["ann", "bob", "cid"]), pa.array(["cup", "jar", "pen"]))
FOLD = SimpleNamespace(
    name="serving", targets=pd.DataFrame({"user_number": [2, 0], "product_number": [1, 2]})
)


def test_what_is_learned_is_stored_by_id():
    assert prediction_rows(FOLD, np.array([4.5, 1.0]), IDS).to_pylist() == [
        {"fold": "serving", "user_id": "cid", "product_id": "jar", "estimate": 4.5},
        {"fold": "serving", "user_id": "ann", "product_id": "pen", "estimate": 1.0},
    ]
    assert ranking_rows(FOLD, np.array([[2, 0], [1, -1], [-1, -1]]), IDS).to_pylist() == [
        {"fold": "serving", "user_id": "ann", "product_ids": ["pen", "cup"]},
        {"fold": "serving", "user_id": "bob", "product_ids": ["jar"]},
        {"fold": "serving", "user_id": "cid", "product_ids": []},
    ]
    name = {"fold": "serving"}
    assert weight_rows("serving", WEIGHTS, "user", IDS).to_pylist() == [
        {**name, "entity_id": "ann", "neighbour_ids": ["bob"], "weights": [0.5]},
        {**name, "entity_id": "bob", "neighbour_ids": ["cid", "ann"], "weights": [0.75, 0.25]},
        {**name, "entity_id": "cid", "neighbour_ids": [], "weights": []},
    ]
    of_products = weight_rows("serving", WEIGHTS, "product", IDS).to_pylist()
    assert [row["entity_id"] for row in of_products] == ["cup", "jar", "pen"]
    assert of_products[1]["neighbour_ids"] == ["pen", "cup"]
    users, products = factor_rows(
        "serving", Factors(np.array([[1, 2], [3, 4]]), np.array([[5.0, 6.0]])), IDS
    )
    assert users.to_pylist() == [
        {**name, "entity": "user", "entity_id": "ann", "factors": [1.0, 2.0]},
        {**name, "entity": "user", "entity_id": "bob", "factors": [3.0, 4.0]},
    ]
    assert products.to_pylist() == [
        {**name, "entity": "product", "entity_id": "cup", "factors": [5.0, 6.0]},
    ]


def test_fits_are_a_table_in_which_what_does_not_apply_is_empty():
    stored = table(
        [
            {
                "model_name": "ease",
                "n_rows": 3,
                "weights": weight_rows("serving", WEIGHTS, "product", IDS),
                "search": [{"params": "{}", "metrics": "{}"}],
            },
            {"model_name": "svd", "ndcg": 0.5},
        ]
    )
    assert stored.schema == SCHEMA
    ease, svd = stored.to_pylist()
    assert (ease["model_name"], ease["n_rows"], ease["ndcg"]) == ("ease", 3, None)
    assert (svd["model_name"], svd["n_rows"], svd["ndcg"]) == ("svd", None, 0.5)
    assert [row["entity_id"] for row in ease["weights"]] == ["cup", "jar", "pen"]
    assert ease["search"] == [{"params": "{}", "metrics": "{}"}]
    assert ease["factors"] == svd["weights"] == svd["search"] == []
    assert table([]).schema == SCHEMA
    assert table([]).num_rows == 0
