"""Ratings and purchases by fold: the frame that every recommender is fitted on."""

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
        'validation' (or 'validation_1', ... where there are several), 'holdout' or 'serving'.
    is_validation : bool
        Whether the fold chooses between recommenders.
    history, targets : DataFrame
        Columns `user_number`, `product_number`, `rating`, sorted by key, and in the history
        `age`: days from the latest time to the beginning of the fold; NaN where folds have no date.
        Targets are new to their users, who are judged; the fold 'serving' has none. Where folds
        have a date, users who come after it are not judged.
    n_users, n_products : int
        Numbers run from 0 to n_users - 1 and from 0 to n_products - 1.
    judged : ndarray of int
        Numbers of the judged users who have a history or a target, ascending; where folds have a
        date, of those who have a target.
    """

    name: str
    is_validation: bool
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

    def users(self, days: float | None = None) -> np.ndarray:
        """Return how many users had each product, ever or within so many days before the fold."""
        known = self.history["product_number"]
        if days is not None:
            known = known[self.history["age"] <= days]
        return np.bincount(known, minlength=self.n_products)

    def _matrix(self, frame: pd.DataFrame, values: np.ndarray) -> sp.csr_array:
        index = (frame["user_number"].to_numpy(), frame["product_number"].to_numpy())
        return sp.csr_array((values, index), shape=(self.n_users, self.n_products))


def split_folds(
    ratings: pd.DataFrame,
    folds: pd.DataFrame,
    n_users: int | None = None,
    n_products: int | None = None,
) -> Iterator[Fold]:
    """Yield the folds in their order, whatever the order of the ratings.

    Each knows more than the one before it, and only one of them is in memory at a time.

    Parameters
    ----------
    ratings : DataFrame of shape (n_ratings, 6)
        Columns `user_number`, `product_number`, `rating`, `fold_number` (the fold that judges the
        row; 0 for what all of them know), `day` (of the row, since 1970) and `is_evaluated`,
        whether the user is judged. A user may have a product in several folds.
    folds : DataFrame of shape (n_folds, 4)
        `fold`, `part` (validation, holdout or serving), `fold_number` from 1 and `first_day` (since
        1970; NaN where folds have no date).
    n_users, n_products : int, optional
        Sizes of the matrices; one more than the largest number where they are not given.

    Yields
    ------
    Fold
    """
    ratings = ratings.sort_values([*KEY, "fold_number"], ignore_index=True)
    n_users = ratings["user_number"].max() + 1 if n_users is None else n_users
    n_products = ratings["product_number"].max() + 1 if n_products is None else n_products
    is_first = ~ratings.duplicated(KEY)
    for fold in folds.sort_values("fold_number").itertuples():
        is_known = ratings["fold_number"] < fold.fold_number
        is_judged_here = ratings["fold_number"] == fold.fold_number
        is_target = is_first & is_judged_here & ratings["is_evaluated"]
        if pd.notna(fold.first_day):
            known_users = ratings.loc[is_known, "user_number"].unique()
            is_target &= ratings["user_number"].isin(known_users)
        is_judged = (
            is_target
            if pd.notna(fold.first_day)
            else is_target | (is_known & ratings["is_evaluated"])
        )
        known = ratings.loc[is_known]
        history = known.loc[~known.duplicated(KEY, keep="last"), [*KEY, "rating"]]
        age = fold.first_day - known.loc[history.index, "day"].astype(float)
        yield Fold(
            fold.fold,
            fold.part == "validation",
            history.assign(age=age).reset_index(drop=True),
            ratings.loc[is_target, [*KEY, "rating"]].reset_index(drop=True),
            int(n_users),
            int(n_products),
            ratings.loc[is_judged, "user_number"].unique(),
        )
