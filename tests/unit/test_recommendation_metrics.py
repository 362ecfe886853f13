"""Both judgements of a recommender, with figures worked out by hand."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from models_py.recommendations.evaluation import (
    best_columns,
    ndcg_and_coverage,
    ndcg_of_users,
    rated_item_metrics,
    top_unseen,
)

# Two products are relevant to the first user, none to the second, one to the third and fourth.
RELEVANT = sp.csr_array(np.array([[0, 1, 1, 0, 0], [0] * 5, [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]]))
TOP = np.array([[1, 3, 2], [0, 1, -1], [3, 2, -1], [0, -1, -1]])


@pytest.mark.filterwarnings("error")
def test_the_best_columns_come_first_and_ties_go_to_the_lower_column():
    scores = np.array([[-2.0, 0.5, -np.inf, 0.7, 0.5], [0, 0, 0, 0, 0], [-np.inf] * 5])
    assert best_columns(scores, 3).tolist() == [[3, 1, 4], [0, 1, 2], [-1, -1, -1]]
    assert best_columns(scores, 1).tolist() == [[3], [0], [-1]]
    assert best_columns(scores, 7)[0].tolist() == [3, 1, 4, 0, -1, -1, -1]


def test_scores_rank_by_nine_digits():
    assert best_columns(np.array([[0.7, 0.7 + 4e-10]]), 2).tolist() == [[0, 1]]
    assert best_columns(np.array([[0.7, 0.7 + 1.1e-9]]), 2).tolist() == [[1, 0]]
    assert best_columns(np.array([[8999.0, -8999.0, 8999.000000002]]), 3).tolist() == [[2, 0, 1]]


def test_every_row_of_many_is_ranked():
    rows = np.arange(150)
    scores = np.zeros((150, 7))
    scores[rows, rows % 7] = 1
    scores[rows, (rows + 3) % 7] = 2
    expected = np.column_stack([(rows + 3) % 7, rows % 7])
    assert best_columns(scores, 2).tolist() == expected.tolist()


def test_the_best_of_many_columns_are_those_of_a_full_sort():
    scores = np.random.default_rng(1).integers(0, 40, (70, 200)).astype(float)
    full = [sorted(range(200), key=lambda column: (-row[column], column)) for row in scores]
    assert best_columns(scores, 10).tolist() == [order[:10] for order in full]


def test_what_a_user_rated_is_left_out_and_scores_stay_as_they_are():
    scores = np.array([[1.0, 9.0, 2.0], [3.0, 2.0, 1.0]])
    rated = sp.csr_array(np.array([[0, 1, 0], [1, 0, 1]]))
    assert top_unseen(scores, rated, 2).tolist() == [[2, 0], [1, -1]]
    assert scores.tolist() == [[1.0, 9.0, 2.0], [3.0, 2.0, 1.0]]


SECOND, THIRD = 1 / np.log2(3), 1 / 2


@pytest.mark.parametrize(
    ("k", "first_user", "coverage"),
    [
        (1, 1, 3 / 5),
        (2, 1 / (1 + SECOND), 4 / 5),
        (3, (1 + THIRD) / (1 + SECOND), 4 / 5),
    ],
)
def test_ndcg_and_coverage_by_hand(k, first_user, coverage):
    # Nothing was found for the other two users to whom something is relevant.
    assert ndcg_and_coverage(TOP, RELEVANT, k) == (pytest.approx(first_user / 3), coverage)


def test_every_user_with_something_to_find_has_a_figure():
    assert ndcg_of_users(TOP, RELEVANT, 2).tolist() == [pytest.approx(1 / (1 + SECOND)), 0, 0]
    assert ndcg_of_users(TOP[1:2], RELEVANT[[1]], 2).tolist() == []


def test_what_is_not_there_is_no_hit_and_the_last_product_is_one():
    assert ndcg_and_coverage(np.array([[-1]] * 4), RELEVANT, 1) == (0, 0)
    assert ndcg_and_coverage(np.array([[3], [0], [0], [4]]), RELEVANT, 1) == (
        pytest.approx(2 / 3),
        3 / 5,
    )


def test_one_user_is_enough_to_judge():
    relevant = sp.csr_array(np.array([[0, 0, 0], [0, 1, 0]]))
    assert ndcg_and_coverage(np.array([[0, 1], [0, 1]]), relevant, 2) == (
        pytest.approx(SECOND),
        2 / 3,
    )


def test_ndcg_of_nobody_is_nan_and_products_are_still_covered():
    ndcg, coverage = ndcg_and_coverage(np.array([[0]]), sp.csr_array((1, 2)), 1)
    assert np.isnan(ndcg)
    assert coverage == 0.5


def predictions(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["user_number", "product_number", "rating", "estimate"])


# At a threshold of 3.5 and a depth of 2:
PREDICTIONS = predictions(
    # the fourth and the first are recommended, and relevant; the second is as good as the first
    # and later, the third is too deep, the fifth is relevant and estimated too low
    (0, 1, 5.0, 4.0),
    (0, 2, 2.0, 4.0),
    (0, 3, 1.0, 3.5),
    (0, 4, 3.5, 4.5),
    (0, 5, 4.0, 3.0),
    (1, 1, 1.0, 1.5),  # neither relevant nor recommended
    (2, 1, 4.0, 3.0),  # relevant, not recommended
    (3, 1, 2.0, 3.5),  # recommended, not relevant
    (4, 1, 4.0, 3.5),  # both
)


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_figures_of_rated_products_by_hand(seed):
    rows = PREDICTIONS if seed is None else PREDICTIONS.sample(frac=1, random_state=seed)
    precision, recall = (1 + 0 + 0 + 0 + 1) / 5, (2 / 3 + 0 + 0 + 0 + 1) / 5
    assert rated_item_metrics(rows, 2, 3.5) == pytest.approx(
        {
            "rmse": np.sqrt((1 + 4 + 6.25 + 1 + 1 + 0.25 + 1 + 2.25 + 0.25) / 9),
            "mae": (1 + 2 + 2.5 + 1 + 1 + 0.5 + 1 + 1.5 + 0.5) / 9,
            "precision": precision,
            "recall": recall,
            "f1": 2 * precision * recall / (precision + recall),
        }
    )


def test_where_nothing_is_recommended_f1_is_zero():
    found = rated_item_metrics(predictions((0, 1, 4.0, 3.0)), 2, 3.5)
    assert (found["precision"], found["recall"], found["f1"]) == (0, 0, 0)
