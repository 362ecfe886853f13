"""Judge recommenders that Spark fitted against those that are fitted here, on the same ratings.

Run after a build of which WAREHOUSE_DIR has the working file: it says what the holdout knows and
judges, and with which parameters recommenders were fitted. A line per data set and fit: seconds,
NDCG@10 and coverage over the judged users, and the mean difference in NDCG@10 over the same users
with its 95 % interval: of MLlib's factors to those of `implicit`, and of neighbours from at most so
many ratings per user to those from all. Arguments choose, as in
`bench_recommenders.py ratings implicit_als`.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from models_py.recommendations import rankers
from models_py.recommendations.evaluation import ndcg_and_coverage, ndcg_of_users
from models_py.recommendations.fits import (
    FACTOR_PARAMS,
    Settings,
    fit_ranker,
    product_factors,
)
from models_py.recommendations.rankers import Factors, Weights
from models_py.recommendations.ratings import Fold, split_folds
from spark import recommenders
from spark.__main__ import start_session

DEPTH = 10
CAPS = (500, 100, 50, 20)
PARAMS = """
    select max_by(params, trained_at) from monitoring.model_runs
    where dataset = ? and model_name = ?
"""
FOLDS = """
    select fold, part, fold_number, starts_on - date '1970-01-01' as first_day
    from features.recommendation_folds where dataset = ? and fold != 'serving'
"""


@dataclass(frozen=True)
class Holdout:
    """What the holdout of a data set knows and judges, and how products are shown there."""

    fold: Fold
    users: pd.Index
    products: pd.Index
    params: dict[str, dict[str, Any]]
    settings: Settings

    def ndcg(self, algorithm: str, learned: Weights | Factors) -> tuple[np.ndarray, float]:
        """Return NDCG@10 of every user with a liked product that was held out, and coverage."""
        trend = {k: v for k, v in self.params[algorithm].items() if k in FACTOR_PARAMS}
        shown = product_factors(self.fold, self.settings, **trend)
        judged = self.fold.judged
        relevant = self.fold.relevant(self.settings.relevant_rating)[judged]
        lists = rankers.best_unseen(algorithm, learned, self.fold.rated(), judged, DEPTH, shown)
        _, coverage = ndcg_and_coverage(lists.products, relevant, DEPTH)
        return ndcg_of_users(lists.products, relevant, DEPTH), coverage


def holdout_of(build: duckdb.DuckDBPyConnection, dataset: str) -> Holdout:
    """Return the holdout as the fits in Python are given it."""

    def rows(sql: str, *more: str) -> pd.DataFrame:
        return build.execute(sql, [dataset, *more]).df()

    users, products = (
        pd.Index(rows(f"select {key} from features.{kept} where dataset = ? order by all")[key])
        for key, kept in (("user_id", "kept_users"), ("product_id", "kept_products"))
    )
    ratings = rows("select * exclude (dataset) from training.numbered_ratings where dataset = ?")
    folds = split_folds(ratings, rows(FOLDS), len(users), len(products))
    spec = rows("select * from features.recommendation_specs where dataset = ?").iloc[0]
    used = {
        name: None if pd.isna(spec[name]) else float(spec[name])
        for name in ("relevant_rating", "recent_days", "active_days")
    }
    return Holdout(
        next(fold for fold in folds if fold.name == "holdout"),
        users,
        products,
        {name: json.loads(rows(PARAMS, name).iloc[0, 0]) for name in recommenders.PARAMS},
        Settings(**{**dict.fromkeys(Settings.__dataclass_fields__), **used}),
    )


def learned_factors(table: pd.DataFrame, holdout: Holdout) -> Factors:
    """Return factors by the numbers of users and products; 0 for who has none."""
    of_entities = {}
    for entity, ids in (("user", holdout.users), ("product", holdout.products)):
        own = table[table["entity"] == entity]
        vectors = np.vstack(own["factors"].to_numpy())
        of_entities[entity] = np.zeros((len(ids), vectors.shape[1]))
        of_entities[entity][ids.get_indexer(own["entity_id"])] = vectors
    return Factors(of_entities["user"], of_entities["product"])


def learned_weights(table: pd.DataFrame, holdout: Holdout) -> Weights:
    """Return neighbours by the numbers of products."""
    rows = holdout.products.get_indexer(table["product_id"])
    places = table.groupby("product_id").cumcount()
    shape = len(holdout.products), places.max() + 1
    neighbours, strengths = np.full(shape, -1), np.zeros(shape)
    neighbours[rows, places] = holdout.products.get_indexer(table["neighbour_id"])
    strengths[rows, places] = table["weight"]
    return Weights(neighbours, strengths)


def fits(
    session: Any, history: Any, holdout: Holdout, folder: str
) -> Iterator[tuple[str, str, Callable]]:
    """Yield what is fitted: algorithm, where, and how; of each algorithm first what is here."""
    for algorithm, params in holdout.params.items():
        yield algorithm, "here", partial(fit_ranker, algorithm, holdout.fold, params)
        if algorithm == "implicit_als":
            table = partial(recommenders.als_factors, session, history, params, f"{folder}/sweeps")
            yield algorithm, "on Spark", lambda t=table: learned_factors(t().toPandas(), holdout)
            continue
        for cap in CAPS:
            table = partial(recommenders.item_neighbours, session, params, cap)
            where = f"on Spark, at most {cap} per user"
            yield algorithm, where, lambda t=table: learned_weights(t().toPandas(), holdout)


def main() -> None:
    """Print the lines of what the arguments choose, or of every data set and algorithm."""
    chosen = dict(zip(("dataset", "algorithm"), sys.argv[1:], strict=False))
    path = Path(os.environ.get("WAREHOUSE_DIR", "warehouse")) / "build.duckdb"
    build = duckdb.connect(path, read_only=True)
    datasets = build.execute("select dataset from features.recommendation_specs order by all")
    session = start_session()
    with tempfile.TemporaryDirectory() as folder:
        ratings = f"{folder}/ratings.parquet"
        names = [name for (name,) in datasets.fetchall()]
        build.execute(f"copy (from features.fold_ratings) to '{ratings}' (format parquet)")
        for dataset in [chosen["dataset"]] if chosen else names:
            holdout = holdout_of(build, dataset)
            history = recommenders.read_history(session, ratings, dataset, "holdout")
            reference: dict[str, np.ndarray] = {}
            for algorithm, where, fit in fits(session, history, holdout, folder):
                if chosen.get("algorithm", algorithm) != algorithm:
                    continue
                started = time.perf_counter()
                learned = fit()
                seconds = time.perf_counter() - started
                ndcg, coverage = holdout.ndcg(algorithm, learned)
                differences = ndcg - reference.setdefault(algorithm, ndcg)
                half = 1.96 * differences.std(ddof=1) / np.sqrt(len(differences))
                print(
                    f"{dataset:<9} {algorithm:<15} {where:<30} {seconds:6.1f} s,"
                    f" NDCG@10 {ndcg.mean():.4f}, coverage {coverage:.3f}, difference"
                    f" {differences.mean():+.4f} ± {half:.4f} over {len(differences)} users",
                    flush=True,
                )


if __name__ == "__main__":
    main()
