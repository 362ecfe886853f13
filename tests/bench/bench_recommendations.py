"""Time recommendations: SQL's scorers against scikit-surprise's `predict`, and growth with size."""

from pathlib import Path

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).parents[2]


def long_tailed_ratings(n_ratings: int, seed: int = 11) -> pa.Table:
    """Draw ratings of n / 20 users and n / 100 products, both with a long tail, and of 50 tastes.

    Parameters
    ----------
    n_ratings : int
        Rows; no pair repeats.
    seed : int
        Seed of the random stream.

    Returns
    -------
    pyarrow.Table
        Columns `user_id`, `product_id`, `rating`, `timestamp`.
    """
    rng = np.random.default_rng(seed)
    n_users, n_products, n_tastes = n_ratings // 20, n_ratings // 100, 50
    activity = rng.lognormal(0, 1, n_users)
    popularity = rng.lognormal(0, 1.3, n_products)
    per_taste = n_products // n_tastes
    pairs = np.empty(0, dtype=np.int64)
    while len(pairs) < n_ratings:
        user = rng.choice(n_users, n_ratings, p=activity / activity.sum())
        product = rng.choice(n_products, n_ratings, p=popularity / popularity.sum())
        place = np.minimum(rng.exponential(per_taste / 6, n_ratings).astype(int), per_taste - 1)
        own_taste = rng.random(n_ratings) < 0.6
        product = np.where(own_taste, place * n_tastes + user % n_tastes, product)
        pairs = np.unique(np.concatenate([pairs, user * n_products + product]))
    user, product = np.divmod(np.sort(rng.permutation(pairs)[:n_ratings]), n_products)
    stars = rng.choice([1.0, 2.0, 3.0, 4.0, 5.0], n_ratings, p=[0.05, 0.05, 0.1, 0.25, 0.55])
    return pa.table(
        {
            "user_id": pa.array(np.char.add("U", user.astype("U9"))),
            "product_id": pa.array(np.char.zfill(product.astype("U10"), 10)),
            "rating": pa.array(stars),
            "timestamp": pa.array(1_300_000_000 + 86_400 * rng.integers(0, 1_200, n_ratings)),
        }
    )
