"""Product ratings, raw: taste groups among heavy users, and a long tail of everyone else."""

import numpy as np
import pandas as pd
import pyarrow as pa

from .common import base36, long_tail

N_HEAVY_USERS = 1100
MIN_RATINGS_OF_HEAVY_USER = 52
MEAN_RATINGS_OF_HEAVY_USER = 72
N_TAIL_USERS = 20_000
N_TAIL_RATINGS = 34_000
MAX_RATINGS_OF_TAIL_USER = 40
N_PRODUCTS = 6000
N_DUPLICATE_PAIRS = 25  # the same user and product once before

N_TASTES = 12
TASTE_CONCENTRATION = 0.15  # of the Dirichlet; the smaller, the fewer tastes a user has
TASTE_SHARE = 0.65  # of a user's choices made by taste; the rest by popularity alone
POPULARITY_SPREAD = 1.0  # standard deviation of log popularity

# Parts of a latent opinion of unit variance, cut so that ratings fall as in the real file.
USER_SPREAD, PRODUCT_SPREAD, TASTE_SPREAD, FACTOR_SPREAD = 0.35, 0.40, 0.30, 0.60
N_FACTORS = 2  # opinions that users and products share beside tastes
# Standard normal quantiles at the cumulative shares .028, .067, .166 and .444 of 1 to 4 stars.
CUTS = np.array([-1.911, -1.499, -0.970, -0.141])

FIRST_DAY, LAST_DAY = 10_957, 16_274  # 2000-01-01 and 2014-07-23 in days since 1970
SECONDS_A_DAY = 86_400

# At scale, as in the file of 7.8 million.
USERS_PER_RATING, PRODUCTS_PER_RATING = 0.537, 0.061
BULK_POPULARITY_SPREAD = 2.0
ACTIVITY_EXPONENT, MAX_ACTIVITY = 1.5, 1200.0


def _user_ids(n: int) -> np.ndarray:
    """Give ids of 14 characters, one in five of 13."""
    index = np.arange(n)
    long_ids = base36("ASAMPLE", index, 7)
    return np.where(index % 5 == 4, base36("ASAMPLE", index, 6), long_ids)


def _product_ids(n: int) -> np.ndarray:
    """Give ids of 10 characters in ascending order, one in twenty a number with leading zeros."""
    index = np.arange(n)
    numbers = np.char.add(b"00", np.char.zfill((90_000_000 + index * 7).astype("S8"), 8))
    return np.sort(np.where(index % 20 == 0, numbers, base36("B0SM", index, 6)))


def _days(rng: np.random.Generator, product: np.ndarray, n_products: int) -> np.ndarray:
    """Draw the day of a rating between the launch of its product and the end, mostly late."""
    launch = FIRST_DAY + np.sqrt(rng.random(n_products)) * (LAST_DAY - FIRST_DAY - 30)
    since = launch[product]
    return (since + np.sqrt(rng.random(len(product))) * (LAST_DAY - since)).astype(np.int64)


def _stars(latent: np.ndarray) -> np.ndarray:
    return 1.0 + np.searchsorted(CUTS, latent)


def _opinions(
    rng: np.random.Generator, user: np.ndarray, product: np.ndarray, fit: np.ndarray
) -> np.ndarray:
    """Rate by user bias, product bias, fit to the user's taste, latent factors, and chance."""
    n_users, n_products = user.max() + 1, product.max() + 1
    user_factors = rng.normal(size=(n_users, N_FACTORS))
    product_factors = rng.normal(size=(n_products, N_FACTORS)) / np.sqrt(N_FACTORS)
    parts = (
        (USER_SPREAD, rng.normal(size=n_users)[user]),
        (PRODUCT_SPREAD, rng.normal(size=n_products)[product]),
        (TASTE_SPREAD, (fit - fit.mean()) / fit.std()),
        (FACTOR_SPREAD, (user_factors[user] * product_factors[product]).sum(axis=1)),
    )
    chance = np.sqrt(1 - sum(spread**2 for spread, _ in parts))
    latent = chance * rng.normal(size=len(user)) + sum(spread * part for spread, part in parts)
    return _stars(latent)


def _heavy_pairs(
    rng: np.random.Generator, taste: np.ndarray, liking: np.ndarray, popularity: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Let each heavy user choose distinct products, partly by taste (Gumbel top-k)."""
    within = np.zeros((N_TASTES, len(popularity)))
    within[taste, np.arange(len(popularity))] = popularity
    within /= within.sum(axis=1, keepdims=True)
    chance = TASTE_SHARE * liking @ within + (1 - TASTE_SHARE) * popularity
    order = np.argsort(-(np.log(chance) + rng.gumbel(size=chance.shape)), axis=1, kind="stable")
    extra = rng.gamma(0.8, 1, N_HEAVY_USERS)
    extra *= (MEAN_RATINGS_OF_HEAVY_USER - MIN_RATINGS_OF_HEAVY_USER) / extra.mean()
    counts = MIN_RATINGS_OF_HEAVY_USER + np.minimum(extra, 300).astype(int)
    user = np.repeat(np.arange(N_HEAVY_USERS), counts)
    rank = np.concatenate([np.arange(count) for count in counts])
    return user, order[user, rank]


def _tail_pairs(rng: np.random.Generator, popularity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Let the many others rate a product or two each, by popularity."""
    activity = np.minimum(rng.pareto(ACTIVITY_EXPONENT, N_TAIL_USERS), MAX_RATINGS_OF_TAIL_USER)
    counts = np.minimum(long_tail(rng, N_TAIL_RATINGS, activity), MAX_RATINGS_OF_TAIL_USER)
    user = N_HEAVY_USERS + np.repeat(np.arange(N_TAIL_USERS), counts)
    product = rng.choice(len(popularity), len(user), p=popularity)
    _, first = np.unique(user * len(popularity) + product, return_index=True)
    return user[first], product[first]


def ratings(rng: np.random.Generator) -> pd.DataFrame:
    """Draw raw ratings of which a filter for heavy users leaves at least 1,000 users.

    Planted: every product belongs to one of `N_TASTES` tastes and every user mixes a few of them;
    `TASTE_SHARE` of what a heavy user rates is chosen by that mix, so that personal
    recommendations beat popularity. Stars follow user bias, product bias and the fit of tastes,
    so that a factor model beats the biases a little. `N_DUPLICATE_PAIRS` ratings have an
    earlier one of the same pair beside them.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random stream.

    Returns
    -------
    pandas.DataFrame
        One row per rating, sorted by product: user_id, product_id, rating (1.0 to 5.0) and
        rated_at (Unix seconds, midnight UTC).
    """
    popularity = rng.lognormal(0, POPULARITY_SPREAD, N_PRODUCTS)
    popularity /= popularity.sum()
    taste = rng.integers(0, N_TASTES, N_PRODUCTS)
    n_users = N_HEAVY_USERS + N_TAIL_USERS
    liking = rng.dirichlet(np.full(N_TASTES, TASTE_CONCENTRATION), n_users)

    heavy = _heavy_pairs(rng, taste, liking[:N_HEAVY_USERS], popularity)
    user, product = np.concatenate([heavy, _tail_pairs(rng, popularity)], axis=1)
    frame = pd.DataFrame(
        {
            "user": user,
            "product": product,
            "rating": _opinions(rng, user, product, liking[user, taste[product]]),
            "day": _days(rng, product, N_PRODUCTS),
        }
    )
    again = frame.iloc[rng.choice(len(heavy[0]), N_DUPLICATE_PAIRS, replace=False)]
    again = again.assign(
        day=again["day"] - rng.integers(1, 200, N_DUPLICATE_PAIRS),
        rating=rng.integers(1, 6, N_DUPLICATE_PAIRS).astype(float),
    )
    frame = pd.concat([frame, again])
    frame = frame.iloc[rng.permutation(len(frame))].sort_values("product", kind="stable")
    # Which index is a heavy user, or a popular product, shall not show in the ids.
    user_ids = rng.permutation(_user_ids(n_users)).astype(str)
    return pd.DataFrame(
        {
            "user_id": user_ids[frame["user"]],
            "product_id": _product_ids(N_PRODUCTS).astype(str)[frame["product"]],
            "rating": frame["rating"].to_numpy(),
            "rated_at": frame["day"].to_numpy() * SECONDS_A_DAY,
        }
    )


def bulk_ratings(rng: np.random.Generator, n_ratings: int) -> pa.Table:
    """Draw any number of raw ratings quickly, for tests of scale; no taste is planted.

    Users and products follow the long tails of the public file of 7.8 million ratings: most users
    rate once or twice, a few thousand at least 50 times. A few pairs repeat by chance.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random stream.
    n_ratings : int
        Number of rows.

    Returns
    -------
    pyarrow.Table
        Columns as of `ratings`, the rating as text, sorted by product.
    """
    n_users = max(1, round(n_ratings * USERS_PER_RATING))
    n_products = max(1, round(n_ratings * PRODUCTS_PER_RATING))
    activity = np.minimum(rng.pareto(ACTIVITY_EXPONENT, n_users), MAX_ACTIVITY)
    user = rng.permutation(np.repeat(np.arange(n_users), long_tail(rng, n_ratings, activity)))
    popularity = rng.lognormal(0, BULK_POPULARITY_SPREAD, n_products)
    product = np.repeat(np.arange(n_products), long_tail(rng, n_ratings, popularity))
    stars = _stars(rng.normal(size=n_ratings)).astype(int) - 1
    return pa.table(
        {
            "user_id": pa.array(_user_ids(n_users).astype(str)).take(pa.array(user)),
            "product_id": pa.array(_product_ids(n_products).astype(str)).take(pa.array(product)),
            "rating": pa.array(["1.0", "2.0", "3.0", "4.0", "5.0"]).take(pa.array(stars)),
            "rated_at": _days(rng, product, n_products) * SECONDS_A_DAY,
        }
    )
