"""Time recommendations on generated ratings of three sizes, from the raw file to published lists.

One line per size: seconds and peak memory of the whole `dbt build` of ratings, dbt itself
included, and seconds of `implicit`'s item neighbours and ALS, fit and all users' top 10, on the
same ratings in memory. Below it the slowest models, and what the rule on size left out.
"""

import json
import os
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse as sp
from bench_build import NIGHTLY, timed_dbt
from implicit.cpu.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender
from threadpoolctl import threadpool_limits

SIZES = (100_000, 1_000_000, 10_000_000)
VARS = "{sources_enabled: [ratings], ratings_min_per_user: 1, ratings_min_per_product: 1}"
THREADS = 2
SKIPPED = """
    select algorithm, skipped_because from training.recommender_candidates
    where is_skipped order by algorithm
"""


def long_tailed_ratings(n_ratings: int, seed: int = 11) -> tuple[np.ndarray, np.ndarray]:
    """Draw ratings of n / 20 users and n / 100 products, both with a long tail, and of 50 tastes.

    Parameters
    ----------
    n_ratings : int
        Rows; no pair repeats.
    seed : int
        Seed of the random stream.

    Returns
    -------
    users, products : ndarray of int of shape (n_ratings,)
        Numbers from 0.
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
    return np.divmod(np.sort(rng.permutation(pairs)[:n_ratings]), n_products)


def write_raw(folder: Path, users: np.ndarray, products: np.ndarray) -> None:
    """Write a raw file of ratings as people download it, with stars and times."""
    rng = np.random.default_rng(5)
    stars = rng.choice([1.0, 2.0, 3.0, 4.0, 5.0], len(users), p=[0.05, 0.05, 0.1, 0.25, 0.55])
    table = pa.table(
        {
            "user_id": np.char.add("U", users.astype("U9")),
            "product_id": np.char.zfill(products.astype("U10"), 10),
            "rating": stars,
            "timestamp": 1_300_000_000 + 86_400 * rng.integers(0, 1_200, len(users)),
        }
    )
    pq.write_table(table, folder / "ratings_Electronics.parquet")


def seconds_of_implicit(model, rated: sp.csr_matrix) -> float:
    """Return the seconds that a model of `implicit` takes to fit and to list all users' top 10."""
    started = time.perf_counter()
    with threadpool_limits(1, "blas"):
        model.fit(rated, show_progress=False)
        users = np.arange(rated.shape[0])
        for batch in np.array_split(users, max(1, len(users) // 10_000)):
            model.recommend(batch, rated[batch], N=10)
    return time.perf_counter() - started


def main() -> None:
    """Print a line per size."""
    os.environ.setdefault("DUCKDB_MEMORY_LIMIT", "4GB")
    for n_ratings in SIZES:
        with tempfile.TemporaryDirectory() as name:
            raw, warehouse = Path(name) / "raw", Path(name) / "warehouse"
            raw.mkdir()
            users, products = long_tailed_ratings(n_ratings)
            write_raw(raw, users, products)
            rated = sp.csr_matrix((np.ones(n_ratings, dtype=np.float32), (users, products)))
            del users, products
            used = timed_dbt(raw, warehouse, *NIGHTLY, "--vars", VARS)
            cosine = seconds_of_implicit(CosineRecommender(K=20, num_threads=THREADS), rated)
            als = AlternatingLeastSquares(
                factors=32, iterations=10, random_state=1, num_threads=THREADS
            )
            print(
                f"{n_ratings:>10,} ratings, {rated.shape[0]:>7,} users,"
                f" {rated.shape[1]:>7,} products: build {used};"
                f" implicit's item neighbours {cosine:6.1f} s,"
                f" ALS {seconds_of_implicit(als, rated):6.1f} s",
                flush=True,
            )
            results = json.loads((warehouse / "target" / "run_results.json").read_text())
            slowest = sorted(results["results"], key=lambda node: -node["execution_time"])[:8]
            for node in slowest:
                print(f"    {node['execution_time']:6.1f} s {node['unique_id'].split('.')[-1]}")
            with duckdb.connect(warehouse / "build.duckdb", read_only=True) as connection:
                for algorithm, reason in connection.execute(SKIPPED).fetchall():
                    print(f"    {algorithm} is left out: {reason}", flush=True)


if __name__ == "__main__":
    main()
