"""Rankers made for the whole catalogue: they learn from what was rated or bought.

What they learn is sparse: for each entity (a user or a product) its best neighbours with their
weights, or one vector of factors. `score` is the reference of the scorers in SQL.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from models_py.recommendations.evaluation import (
    DIGITS,
    MAX_COLUMNS,
    NEVER,
    SCALE,
    best_columns,
    top_unseen,
)

BLOCK = 128
SPARSE_BLOCK = 256


@dataclass(frozen=True)
class Weights:
    """The best neighbours of every entity, best first.

    Attributes
    ----------
    neighbours : ndarray of shape (n_entities, n_neighbours), int
        Numbers of the neighbours; -1 pads entities that have fewer.
    strengths : ndarray of shape (n_entities, n_neighbours)
        Their weights, rounded to nine digits; 0 where padded.
    """

    neighbours: np.ndarray
    strengths: np.ndarray

    def truncated(self, n: int) -> "Weights":
        """Return the first `n` neighbours of every entity."""
        return Weights(self.neighbours[:, :n], self.strengths[:, :n])

    def matrix(self) -> sp.csr_array:
        """Return the weights as a sparse square matrix, a row per entity."""
        kept = self.neighbours >= 0
        rows = np.repeat(np.arange(len(kept)), kept.sum(axis=1))
        index = (rows, self.neighbours[kept])
        return sp.csr_array((self.strengths[kept], index), shape=(len(kept), len(kept)))


@dataclass(frozen=True)
class Factors:
    """One vector per user and one per product; their inner product is the score.

    Attributes
    ----------
    users : ndarray of shape (n_users, n_factors)
    products : ndarray of shape (n_products, n_factors)
    """

    users: np.ndarray
    products: np.ndarray


@dataclass(frozen=True)
class Lists:
    """The best products of some users, best first.

    Attributes
    ----------
    products : ndarray of shape (n_users, length), int
        Product numbers; -1 where no product is left.
    scores : ndarray of shape (n_users, length)
        Their scores, rounded to nine digits; 0 where padded.
    """

    products: np.ndarray
    scores: np.ndarray


def neighbour_weights(
    rated: sp.csr_array, neighbours: int, power: float, shrinkage: float
) -> Weights:
    """Return cosine neighbours of the rows of a 0/1 matrix: of users, or of products transposed.

    weight = (common / (sqrt(n_a * n_b) + shrinkage)) ** power, where `common` counts the columns
    that both rows have. A power above 1 favours close neighbours; shrinkage (Bell and Koren,
    2007) holds back pairs that share little.

    Parameters
    ----------
    rated : csr_array of shape (n_entities, n_others)
        1 where rated.
    neighbours : int
        Neighbours kept per row.
    power, shrinkage : float
        See the formula.

    Returns
    -------
    Weights
    """
    sizes = np.asarray(rated.sum(axis=1)).ravel()

    def weigh(rows: np.ndarray, columns: np.ndarray, common: np.ndarray) -> np.ndarray:
        return (common / (np.sqrt(sizes[rows] * sizes[columns]) + shrinkage)) ** power

    return _sparse_neighbours(rated, rated, neighbours, weigh)


def rp3beta_weights(rated: sp.csr_array, neighbours: int, beta: float) -> Weights:
    """Return the item-to-item weights of RP3beta (Paudel et al., 2017), the largest per product.

    weight of j for i = P(j -> i) / n_i ** beta: how likely a walk from product j to one of its
    users, and on to one of that user's products, ends at i; the more users i has, the less it
    counts. Other candidates know few of the products that such walks find.

    Parameters
    ----------
    rated : csr_array of shape (n_users, n_products)
        1 where rated.
    neighbours : int
        Neighbours kept per product.
    beta : float
        How much popularity is held against a product; 0 is not at all.

    Returns
    -------
    Weights
        Row i holds the products j whose having been rated speaks for product i.
    """
    users = sp.csr_array(rated.T)
    sizes = np.asarray(users.sum(axis=1)).ravel()
    of_users = np.maximum(np.asarray(users.sum(axis=0)).ravel(), 1)

    def weigh(rows: np.ndarray, columns: np.ndarray, steps: np.ndarray) -> np.ndarray:
        return steps / (sizes[columns] * sizes[rows] ** beta)

    return _sparse_neighbours(sp.csr_array(users / of_users), users, neighbours, weigh)


def _sparse_neighbours(
    left: sp.csr_array,
    right: sp.csr_array,
    neighbours: int,
    weigh: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
) -> Weights:
    """Keep the largest weights per row of `left @ right.T`, a block of rows at a time.

    Nothing dense is made: the cost grows with the pairs of rows that share a column. `weigh` is
    given the rows, the columns and the values of a block.
    """
    left, right = sp.csr_array(left), sp.csr_array(sp.csr_array(right).T)
    n_entities = left.shape[0]
    n_kept = min(neighbours, max(n_entities - 1, 1))
    numbers = np.full((n_entities, n_kept), -1, dtype=np.int32)
    values = np.zeros((n_entities, n_kept))
    for start in range(0, n_entities, SPARSE_BLOCK):
        block = left[start : start + SPARSE_BLOCK] @ right
        rows = start + np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
        weights = weigh(rows, block.indices, block.data).round(DIGITS)
        weights[rows == block.indices] = 0
        block.data = weights
        for row, best in enumerate(_largest_keys(block, n_kept), start=start):
            numbers[row, : len(best)] = best % MAX_COLUMNS
            values[row, : len(best)] = _scores_of(best)
    return Weights(numbers, values)


def _scores_of(keys: np.ndarray) -> np.ndarray:
    return -(keys // MAX_COLUMNS) / SCALE


def _largest_keys(sparse: sp.csr_array, n: int) -> Iterator[np.ndarray]:
    """Yield for every row the keys of its `n` largest positive values, best first.

    A key is one number that orders by the value, rounded to nine digits, and then by the column.
    """
    keys = np.rint(sparse.data * -SCALE).astype(np.int64) * MAX_COLUMNS + sparse.indices
    for first, last in pairwise(sparse.indptr):
        own = keys[first:last]
        own = own[own < 0]
        yield np.sort(own if len(own) <= n else np.partition(own, n - 1)[:n])


def ease_weights(rated: sp.csr_array, neighbours: int, ridge: float) -> Weights:
    """Return the item-to-item weights of EASE (Steck, 2019), the largest per product.

    EASE is ridge regression of every product on all others: with P = (X'X + ridge I)^-1 the
    weight of j for i is -P_ij / P_ii. P is taken from the users' side (Woodbury), so that the
    matrix that is inverted is n_users square and nothing dense is n_products square.
    Complexity: O(n_users^3 + n_ratings (n_users + n_products)).

    Parameters
    ----------
    rated : csr_array of shape (n_users, n_products)
        1 where rated.
    neighbours : int
        Neighbours kept per product.
    ridge : float
        Strength of the penalty, above 0.

    Returns
    -------
    Weights
        Row i holds the products j whose having been rated speaks for product i.
    """
    n_users, n_products = rated.shape
    gram = (rated @ rated.T).toarray()
    gram[np.diag_indices(n_users)] += ridge
    inverse = scipy.linalg.inv(gram, assume_a="pos")
    raters = sp.csr_array(rated.T)

    def block(start: int, stop: int) -> np.ndarray:
        projected = raters[start:stop] @ inverse
        own = raters[start:stop].multiply(projected).sum(axis=1)
        return (projected @ rated) / (1 - own)[:, None]

    return _best_neighbours(block, n_products, neighbours)


def als_factors(
    rated: sp.csr_array,
    factors: int,
    regularization: float,
    alpha: float,
    iterations: int,
    random_state: int,
) -> Factors:
    """Return the factors of implicit ALS (Hu, Koren and Volinsky, 2008) as `implicit` fits them.

    Parameters
    ----------
    rated : csr_array of shape (n_users, n_products)
        1 where rated.
    factors, iterations, random_state : int
        Length of a vector, sweeps, seed of the start.
    regularization, alpha : float
        Penalty, and confidence of a rating against none.

    Returns
    -------
    Factors
        In double precision, rounded to nine digits.
    """
    model = AlternatingLeastSquares(
        factors=factors,
        regularization=regularization,
        alpha=alpha,
        iterations=iterations,
        dtype=np.float64,
        random_state=random_state,
        num_threads=1,
    )
    model.fit(sp.csr_matrix(rated), show_progress=False)
    return Factors(model.user_factors.round(DIGITS), model.item_factors.round(DIGITS))


def fit(algorithm: str, rated: sp.csr_array, params: dict[str, Any]) -> Weights | Factors:
    """Fit one ranker by name.

    Parameters
    ----------
    algorithm : {'user_neighbours', 'item_neighbours', 'rp3beta', 'ease', 'implicit_als'}
        What to fit.
    rated : csr_array of shape (n_users, n_products)
        1 where rated.
    params : dict
        Keyword arguments of the ranker.

    Returns
    -------
    Weights or Factors

    Raises
    ------
    KeyError
        If the algorithm is unknown.
    """
    fits = {
        "user_neighbours": lambda: neighbour_weights(rated, **params),
        "item_neighbours": lambda: neighbour_weights(sp.csr_array(rated.T), **params),
        "rp3beta": lambda: rp3beta_weights(rated, **params),
        "ease": lambda: ease_weights(rated, **params),
        "implicit_als": lambda: als_factors(rated, **params),
    }
    with threadpool_limits(1, "blas"):
        return fits[algorithm]()


def score(algorithm: str, learned: Weights | Factors, rated: sp.csr_array) -> np.ndarray:
    """Return the scores of all products for all users, by the same formula as SQL.

    Parameters
    ----------
    algorithm : str
        As in `fit`.
    learned : Weights or Factors
        What `fit` returned.
    rated : csr_array of shape (n_users, n_products)
        The histories to score from.

    Returns
    -------
    ndarray of shape (n_users, n_products)
        By weights only what scores above 0 is recommended; the rest is -inf.
    """
    if isinstance(learned, Factors):
        return learned.users @ learned.products.T
    matrix = learned.matrix()
    scores = (matrix @ rated if algorithm == "user_neighbours" else rated @ matrix.T).toarray()
    scores[scores <= 0] = -np.inf
    return scores


def best_unseen(
    algorithm: str,
    learned: Weights | Factors,
    rated: sp.csr_array,
    users: np.ndarray,
    k: int,
    product_factors: np.ndarray | None = None,
) -> Lists:
    """Return the `k` best products that some users have not rated, a block of users at a time.

    The rankings are those of `top_unseen(score(...))`, and none for users without a history.
    Nothing of users by products is dense at once, and scores by weights are never dense.

    Parameters
    ----------
    algorithm, learned, rated
        As in `score`.
    users : ndarray of int
        Numbers of the users.
    k : int
        Length of a list.
    product_factors : ndarray of shape (n_products,), optional
        Scores are multiplied by them; products with 0 are not shown.

    Returns
    -------
    Lists
        A list per user, in the order of `users`.
    """
    found = Lists(np.full((len(users), k), -1), np.zeros((len(users), k)))
    if product_factors is None:
        product_factors = np.ones(rated.shape[1])
    if isinstance(learned, Factors):
        for start in range(0, len(users), BLOCK):
            block = users[start : start + BLOCK]
            scores = learned.users[block] @ learned.products.T * product_factors
            scores[:, product_factors == 0] = -np.inf
            top = top_unseen(scores, rated[block], k)
            top[np.diff(rated.indptr)[block] == 0] = -1
            found.products[start : start + BLOCK] = top
            of_top = np.take_along_axis(scores, np.maximum(top, 0), axis=1).round(DIGITS)
            found.scores[start : start + BLOCK] = np.where(top >= 0, of_top, 0)
        return found
    matrix = learned.matrix()
    voters, votes = (matrix, rated) if algorithm == "user_neighbours" else (rated, matrix.T.tocsr())
    for start in range(0, len(users), SPARSE_BLOCK):
        block = users[start : start + SPARSE_BLOCK]
        scores = sp.csr_array(voters[block] @ votes)
        scores.data *= product_factors[scores.indices]
        unseen = sp.csr_array(scores - scores.multiply(rated[block]))
        for row, best in enumerate(_largest_keys(unseen, k), start=start):
            found.products[row, : len(best)] = best % MAX_COLUMNS
            found.scores[row, : len(best)] = _scores_of(best)
    return found


class Blend:
    """Lists of several rankers for the same users, to be added up with weights.

    Each list is divided by its norm, the root of the sum of its squared scores, because scores of
    different rankers have different units. A product scores the weighted sum over the lists that
    hold it; scores that are not positive count nothing.

    Parameters
    ----------
    lists : sequence of Lists
        One of each ranker, of the same users.
    n_products : int
        Product numbers are smaller.
    """

    def __init__(self, lists: Sequence[Lists], n_products: int):
        of_lists = [np.nonzero((each.products >= 0) & (each.scores > 0)) for each in lists]
        keys = [
            rows.astype(np.int64) * n_products + each.products[rows, places]
            for each, (rows, places) in zip(lists, of_lists, strict=True)
        ]
        pairs, at = np.unique(np.concatenate(keys), return_inverse=True)
        users, products = np.divmod(pairs, n_products)
        first = np.searchsorted(users, np.arange(len(lists[0].products)))
        places = np.arange(len(pairs)) - first[users]
        shape = (len(first), places.max(initial=0) + 1)
        self.products = np.full(shape, -1)
        self.products[users, places] = products
        self.shares = np.zeros((len(lists), *shape))
        ends = np.cumsum([0, *map(len, keys)])
        for number, (each, (rows, columns)) in enumerate(zip(lists, of_lists, strict=True)):
            scores = each.scores[rows, columns]
            norms = np.sqrt(np.bincount(rows, scores**2, minlength=len(first)))
            own = at[ends[number] : ends[number + 1]]
            self.shares[number, users[own], places[own]] = scores / norms[rows]

    def best(self, weights: Sequence[float], k: int) -> Lists:
        """Return the `k` best products of every user, ties to the lower number.

        Parameters
        ----------
        weights : sequence of float
            One per ranker.
        k : int
            Length of a list.

        Returns
        -------
        Lists
        """
        scores = np.tensordot(np.asarray(weights, dtype=float), self.shares, axes=1)
        keys = np.rint(scores * -SCALE).astype(np.int64) * MAX_COLUMNS + self.products
        keys[(self.products < 0) | (keys >= 0)] = NEVER
        n_kept = min(k, keys.shape[1])
        keys.partition(n_kept - 1, axis=1)
        best = np.sort(keys[:, :n_kept], axis=1)
        found = Lists(np.full((len(best), k), -1), np.zeros((len(best), k)))
        found.products[:, :n_kept] = np.where(best == NEVER, -1, best % MAX_COLUMNS)
        found.scores[:, :n_kept] = np.where(best == NEVER, 0, _scores_of(best))
        return found


def _best_neighbours(block, n_entities: int, n_neighbours: int) -> Weights:
    """Keep the largest weights other than 0 per row, ties by number, block by block of rows."""
    n_kept = min(n_neighbours, max(n_entities - 1, 1))
    numbers = np.full((n_entities, n_kept), -1, dtype=np.int32)
    values = np.zeros((n_entities, n_kept))
    for start in range(0, n_entities, BLOCK):
        stop = min(start + BLOCK, n_entities)
        weights = block(start, stop).round(DIGITS)
        own = np.arange(start, stop)
        weights[own - start, own] = 0
        weights[weights == 0] = -np.inf
        best = best_columns(weights, n_kept)
        numbers[start:stop] = best
        values[start:stop] = np.where(best >= 0, np.take_along_axis(weights, best, axis=1), 0)
    return Weights(numbers, values)
