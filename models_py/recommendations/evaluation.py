"""Both judgements of a recommender; SQL computes the same figures from stored rows."""

import numpy as np
import pandas as pd
import scipy.sparse as sp

DIGITS = 9
SCALE = 10**DIGITS
MAX_COLUMNS = 10**6
NEVER = np.iinfo(np.int64).max
BLOCK = 64


def best_columns(scores: np.ndarray, n: int) -> np.ndarray:
    """Return the columns of the `n` largest scores of every row, best first.

    Scores are rounded to nine digits before they rank, and ties go to the lower column, so that
    neither threads nor the order of rows decide.

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_columns)
        Absolute values below 9,000; -inf where a column cannot be chosen.
    n : int
        Columns wanted.

    Returns
    -------
    ndarray of shape (n_rows, n), int
        -1 where a row has no further column.
    """
    n_columns = scores.shape[1]
    kept = min(n, n_columns)
    columns = np.full((len(scores), n), -1)
    for start in range(0, len(scores), BLOCK):
        block = scores[start : start + BLOCK]
        # One number orders by score and then by column; -inf becomes the largest of all.
        with np.errstate(invalid="ignore"):
            keys = np.rint(block * -SCALE).astype(np.int64)
        barred = np.isneginf(block)
        keys *= MAX_COLUMNS
        keys += np.arange(n_columns)
        keys[barred] = NEVER
        keys.partition(kept - 1, axis=1)
        best = np.sort(keys[:, :kept], axis=1)
        columns[start : start + BLOCK, :kept] = np.where(best == NEVER, -1, best % MAX_COLUMNS)
    return columns


def top_unseen(scores: np.ndarray, rated: sp.csr_array, k: int) -> np.ndarray:
    """Return each user's `k` best products that the history does not hold.

    Parameters
    ----------
    scores : ndarray of shape (n_users, n_products)
        As in `best_columns`.
    rated : csr_array of shape (n_users, n_products)
        Products with a stored entry are left out.
    k : int
        Length of a ranking.

    Returns
    -------
    ndarray of shape (n_users, k), int
        Product numbers, best first; -1 where no product is left.
    """
    unseen = scores.copy()
    unseen[rated.nonzero()] = -np.inf
    return best_columns(unseen, k)


def ndcg_and_coverage(top: np.ndarray, relevant: sp.csr_array, k: int) -> tuple[float, float]:
    """Return NDCG@k over users with a relevant product, and the share of products recommended.

    Parameters
    ----------
    top : ndarray of shape (n_users, at least k), int
        Product numbers, best first; -1 for none.
    relevant : csr_array of shape (n_users, n_products)
        Positive where a held-out product is relevant to the user.
    k : int
        Depth of the ranking that counts.

    Returns
    -------
    ndcg, coverage : float
        NDCG with binary gains and the logarithmic discount of Järvelin and Kekäläinen (2002);
        NaN if no user has a relevant product.
    """
    top = top[:, :k]
    coverage = len(np.unique(top[top >= 0])) / relevant.shape[1]
    ndcg = ndcg_of_users(top, relevant, k)
    return float(ndcg.mean()) if len(ndcg) else float("nan"), coverage


def ndcg_of_users(top: np.ndarray, relevant: sp.csr_array, k: int) -> np.ndarray:
    """Return NDCG@k of every user with a relevant product, in their order.

    The parameters are those of `ndcg_and_coverage`.
    """
    top = top[:, :k]
    n_products = relevant.shape[1]
    n_relevant = np.diff(relevant.indptr).astype(np.int64)
    judged = np.flatnonzero(n_relevant)
    users, products = (part.astype(np.int64) for part in relevant.nonzero())
    shown = top[judged]
    hits = np.isin(judged[:, None] * n_products + shown, users * n_products + products)
    hits &= shown >= 0
    discounts = 1 / np.log2(np.arange(2, top.shape[1] + 2))
    ideal = np.cumsum(discounts)[np.minimum(n_relevant[judged], top.shape[1]) - 1]
    return (hits @ discounts) / ideal


def rated_item_metrics(predictions: pd.DataFrame, k: int, threshold: float) -> dict[str, float]:
    """Return the usual figures over products that the user went on to rate.

    Precision and recall per user as in scikit-surprise's FAQ ('How to compute precision@k and
    recall@k'), 0 where a denominator is 0, then a plain mean over users; F1 from the two means.

    Parameters
    ----------
    predictions : DataFrame of shape (n_pairs, 4)
        Columns `user_number`, `product_number`, `rating`, `estimate`.
    k : int
        Depth of a user's list, sorted by estimate, ties by product number.
    threshold : float
        Rating, and estimate, from which a product counts as relevant, and as recommended.

    Returns
    -------
    dict
        `rmse`, `mae`, `precision`, `recall`, `f1`.
    """
    ordered = predictions.sort_values(
        ["user_number", "estimate", "product_number"], ascending=[True, False, True]
    )
    error = ordered["estimate"] - ordered["rating"]
    rank = ordered.groupby("user_number").cumcount()
    is_relevant = ordered["rating"] >= threshold
    is_recommended = (ordered["estimate"] >= threshold) & (rank < k)
    counts = pd.DataFrame(
        {
            "relevant": is_relevant,
            "recommended": is_recommended,
            "both": is_relevant & is_recommended,
        }
    ).groupby(ordered["user_number"])
    counts = counts.sum()
    precision = (counts["both"] / counts["recommended"].where(lambda n: n > 0)).fillna(0).mean()
    recall = (counts["both"] / counts["relevant"].where(lambda n: n > 0)).fillna(0).mean()
    total = precision + recall
    return {
        "rmse": float(np.sqrt((error**2).mean())),
        "mae": float(error.abs().mean()),
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(2 * precision * recall / total) if total else 0.0,
    }
