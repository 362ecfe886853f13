"""Ratings by fold: the frame that every recommender is fitted on."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

KEY = ["user_number", "product_number"]


@dataclass(frozen=True)
class Fold:
    """What a recommender may know, and what it is judged on.

    Attributes
    ----------
    name : str
        'validation', 'holdout' or 'serving'.
    history, targets : DataFrame
        Columns `user_number`, `product_number`, `rating`, sorted by key. The fold 'serving' has
        no targets.
    n_users, n_products : int
        Numbers run from 0 to n_users - 1 and from 0 to n_products - 1.
    """

    name: str
    history: pd.DataFrame
    targets: pd.DataFrame
    n_users: int
    n_products: int

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


def split_folds(ratings: pd.DataFrame) -> Iterator[Fold]:
    """Yield the folds of a frame in order of name, whatever the order of its rows.

    Parameters
    ----------
    ratings : DataFrame of shape (n_rows, 5)
        Columns `fold`, `role` ('history' or 'target'), `user_number`, `product_number`, `rating`.

    Yields
    ------
    Fold
    """
    n_users = int(ratings["user_number"].max()) + 1 if len(ratings) else 0
    n_products = int(ratings["product_number"].max()) + 1 if len(ratings) else 0
    for name, rows in ratings.groupby("fold", sort=True, observed=True):
        rows = rows.sort_values(KEY, ignore_index=True)
        parts = {
            role: rows.loc[rows["role"] == role, [*KEY, "rating"]].reset_index(drop=True)
            for role in ("history", "target")
        }
        yield Fold(str(name), parts["history"], parts["target"], n_users, n_products)
