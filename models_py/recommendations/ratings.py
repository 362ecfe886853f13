"""Ratings by fold: the frame that every recommender is fitted on."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

KEY = ["user_number", "product_number"]
KNOWN_SPLITS = {
    "validation": ("train",),
    "holdout": ("train", "validation"),
    "serving": ("train", "validation", "holdout"),
}
"""The splits that a fold knows as history; it is judged on the split of its own name."""


@dataclass(frozen=True)
class Fold:
    """What a recommender may know, and what it is judged on.

    Attributes
    ----------
    name : str
        'validation', 'holdout' or 'serving'.
    history, targets : DataFrame
        Columns `user_number`, `product_number`, `rating`, sorted by key. Targets are ratings of
        judged users only; the fold 'serving' has none.
    n_users, n_products : int
        Numbers run from 0 to n_users - 1 and from 0 to n_products - 1.
    judged : ndarray of int
        Numbers of the judged users who have a history or a target, ascending.
    """

    name: str
    history: pd.DataFrame
    targets: pd.DataFrame
    n_users: int
    n_products: int
    judged: np.ndarray

    def rated(self) -> sp.csr_array:
        """Return the 0/1 matrix of shape (n_users, n_products): 1 where the history has a row."""
        return self._matrix(self.history, np.ones(len(self.history)))

    def relevant(self, threshold: float) -> sp.csr_array:
        """Return the 0/1 matrix of the targets that were rated at or above `threshold`."""
        liked = self.targets[self.targets["rating"] >= threshold]
        return self._matrix(liked, np.ones(len(liked)))

    def _matrix(self, frame: pd.DataFrame, values: np.ndarray) -> sp.csr_array:
        index = (frame["user_number"].to_numpy(), frame["product_number"].to_numpy())
        return sp.csr_array((values, index), shape=(self.n_users, self.n_products))


def split_folds(
    ratings: pd.DataFrame, n_users: int | None = None, n_products: int | None = None
) -> Iterator[Fold]:
    """Yield the folds 'validation', 'holdout' and 'serving', whatever the order of the rows.

    Each knows more than the one before it, and only one of them is in memory at a time.

    Parameters
    ----------
    ratings : DataFrame of shape (n_ratings, 5)
        Columns `user_number`, `product_number`, `rating`, `split` ('train', 'validation',
        'holdout') and `is_evaluated`, whether the user is judged.
    n_users, n_products : int, optional
        Sizes of the matrices; one more than the largest number where they are not given.

    Yields
    ------
    Fold
    """
    ratings = ratings.sort_values(KEY, ignore_index=True)
    n_users = ratings["user_number"].max() + 1 if n_users is None else n_users
    n_products = ratings["product_number"].max() + 1 if n_products is None else n_products
    columns = [*KEY, "rating"]
    for name, splits in KNOWN_SPLITS.items():
        is_known = ratings["split"].isin(splits)
        is_target = (ratings["split"] == name) & ratings["is_evaluated"]
        is_judged = (is_known & ratings["is_evaluated"]) | is_target
        yield Fold(
            name,
            ratings.loc[is_known, columns].reset_index(drop=True),
            ratings.loc[is_target, columns].reset_index(drop=True),
            int(n_users),
            int(n_products),
            ratings.loc[is_judged, "user_number"].unique(),
        )
