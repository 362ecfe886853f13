"""Time top 10 lists for every user: SQL's scorers against scikit-surprise's `predict` of each pair.

Run after a build: the ratings and the stored weights are read from its working file.
"""

import os
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from models_py.recommendations import rating_predictors

SCALE = (1.0, 5.0)
ASKED_USERS = 20
KNN = {"k": 40, "min_k": 1, "verbose": False}
# By algorithm of scikit-surprise: its parameters, the scorer in SQL and what is to be reached.
CONTESTS = {
    "svd": ({"n_factors": 20, "n_epochs": 20, "random_state": 1}, "factors", 20),
    "user_knn": ({**KNN, "sim_options": {"name": "cosine", "user_based": True}}, "user", 40),
    "item_knn": ({**KNN, "sim_options": {"name": "msd", "user_based": False}}, "item", 100),
}
SCORERS = {
    "user": """
    with scores as (
        select weights.entity as user_number, ratings.product_number, sum(weights.weight) as score
        from user_weights as weights
        inner join ratings on weights.neighbour = ratings.user_number
        group by all
    ),
    """,
    "item": """
    with scores as (
        select ratings.user_number, weights.entity as product_number, sum(weights.weight) as score
        from item_weights as weights
        inner join ratings on weights.neighbour = ratings.product_number
        group by all
    ),
    """,
}
BEST_UNSEEN = """
    unseen as (
        from scores anti join ratings using (user_number, product_number)
    )
    select user_number, max_by(product_number, score, 10) as products
    from unseen group by user_number
"""
RATINGS = """
    create table ratings as
    select
        user_id, product_id, rating,
        dense_rank() over (order by user_id) - 1 as user_number,
        dense_rank() over (order by product_id) - 1 as product_number
    from build.features.kept_ratings
"""
WEIGHTS = """
    create table {entity}_weights as
    select own.number as entity, theirs.number as neighbour, weight
    from build.models.recommender_{entity}_weights as weights
    inner join {entity}_numbers as own on weights.{key} = own.id
    inner join {entity}_numbers as theirs on weights.neighbour_id = theirs.id
"""
# Seen products are dropped after ranking: a user has at most so many of them.
FACTORS = """
    with seen as (
        select user_number, list(product_number) as seen from ratings group by user_number
    ),
    best as (
        select users.number,
            unnest(max_by(products.number,
                array_inner_product(users.vector::double[{size}], products.vector::double[{size}]),
                {most} + 10)) as product
        from users cross join products
        group by users.number
    ),
    unseen as (
        select best.number, best.product
        from best inner join seen on best.number = seen.user_number
        where not list_contains(seen.seen, best.product)
    )
    select number, list(product)[:10] from unseen group by number
"""


def seconds_in_sql(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    """Return the seconds of a query, its result stored; the better of two runs."""
    runs = []
    for _ in range(2):
        started = time.perf_counter()
        connection.execute(f"create or replace table lists as {sql}")
        runs.append(time.perf_counter() - started)
    return min(runs)


def main() -> None:
    """Print, per algorithm, the seconds of both and how many times faster SQL is."""
    working = Path(os.environ.get("WAREHOUSE_DIR", "warehouse")) / "build.duckdb"
    connection = duckdb.connect(":memory:")
    connection.execute(f"attach '{working}' as build (read_only); set schema = 'memory.main'")
    connection.execute(RATINGS)
    for entity, key in (("user", "user_id"), ("item", "product_id")):
        number = key.replace("_id", "_number")
        connection.execute(
            f"create table {entity}_numbers as"
            f" select distinct {key} as id, {number} as number from ratings"
        )
        connection.execute(WEIGHTS.format(entity=entity, key=key))
    ratings = connection.execute("from ratings order by user_number, product_number").df()
    n_users, n_products = ratings["user_number"].max() + 1, ratings["product_number"].max() + 1
    asked = np.random.default_rng(1).choice(ratings["user_number"].unique(), ASKED_USERS, False)
    for algorithm, (params, scorer, target) in CONTESTS.items():
        fitted = rating_predictors.fit(algorithm, params, ratings, SCALE)
        started = time.perf_counter()
        for user in asked:
            rated = set(ratings.loc[ratings["user_number"] == user, "product_number"])
            unseen = (product for product in range(n_products) if product not in rated)
            sorted((-fitted.predict(user, product).est, product) for product in unseen)[:10]
        predicted = (time.perf_counter() - started) * ratings["user_number"].nunique() / ASKED_USERS
        if scorer == "factors":
            learned = rating_predictors.factors(fitted, n_users, n_products)
            for name, vectors in (("users", learned.users), ("products", learned.products)):
                rows = pd.DataFrame({"number": range(len(vectors)), "vector": list(vectors)})
                connection.register("rows", rows)
                connection.execute(f"create or replace table {name} as from rows")
            most = int(ratings.groupby("user_number").size().max())
            sql = FACTORS.format(size=learned.users.shape[1], most=most)
        else:
            sql = SCORERS[scorer] + BEST_UNSEEN
        scored = seconds_in_sql(connection, sql)
        print(
            f"{algorithm:<9} predict {predicted:7.1f} s (from {ASKED_USERS} users), SQL {scorer}"
            f" {scored:5.2f} s: {predicted / scored:6.0f} times faster, at least {target} wanted"
        )


if __name__ == "__main__":
    main()
