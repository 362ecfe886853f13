"""`python -m spark.recommenders`: fit recommenders on Spark, where one machine is too small.

Factors by ALS of MLlib and neighbours of products by SQL, of all ratings of a data set, written as
Parquet in the shape of `models.recommender_factors`, `models.recommender_item_weights` and
`training.recommendations_model_runs`. `spark.hand_over` puts them where they are served from.
"""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from models_py.recommendations.evaluation import DIGITS
from models_py.recommendations.mllib import als_params
from models_py.runs import describe_run
from spark.__main__ import require_java, start_session
from spark.inputs import InputError, first_line

NEIGHBOURS = Path(__file__).with_name("item_neighbours.sql").read_text()
# What a row of `features.fold_ratings` holds that is read here.
COLUMNS = ("dataset", "fold", "role", "user_id", "product_id", "age_in_days")
KEYS = ("user_id", "product_id")
# Parameters that each fit needs, with the least of each; what else is chosen with them is no matter
# of the fit.
PARAMS = {
    "implicit_als": {
        "factors": 1,
        "regularization": 0,
        "alpha": 1,
        "iterations": 1,
        "random_state": 0,
    },
    "item_neighbours": {"neighbours": 1, "shrinkage": 0, "power": 0},
}
WHOLE = ("factors", "iterations", "random_state", "neighbours")
# After so many sweeps MLlib writes down where it is: what it plans is nested, and overflows Java's
# stack after more.
SWEEPS_AT_ONCE = 5
TABLES = {"implicit_als": "recommender_factors", "item_neighbours": "recommender_item_weights"}
RUNS = "recommendations_model_runs"


def main(arguments: list[str]) -> int:
    """Fit what the parameters name, and write it; return 0 where that was done."""
    parser = argparse.ArgumentParser(prog="python -m spark.recommenders", description=__doc__)
    parser.add_argument("ratings", help="Parquet in the shape of features.fold_ratings")
    parser.add_argument("output", help="a folder to be made")
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--params", required=True, help="{algorithm: {parameter: value}}")
    parser.add_argument(
        "--ratings-per-user", type=int, default=500, help="of which neighbours are made"
    )
    asked = parser.parse_args(arguments)
    try:
        params = known_params(asked.params)
        if asked.ratings_per_user < 2:
            raise InputError(
                f"--ratings-per-user must be 2 or more, and is {asked.ratings_per_user}."
            )
        require_java()
        # Under spark-submit the session is as it was asked for there.
        session = submitted_session() if "PYSPARK_GATEWAY_PORT" in os.environ else start_session()
        history = read_history(session, asked.ratings, asked.dataset)
        run(session, history, asked.dataset, params, asked.ratings_per_user, asked.output)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def known_params(text: str) -> dict[str, dict[str, Any]]:
    """Return the parameters by algorithm.

    Raises
    ------
    InputError
        If they are no mapping of algorithms that can be fitted here, or lack a parameter.
    """
    try:
        params = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"--params cannot be read: {first_line(error)}") from error
    if not isinstance(params, dict) or not params or set(params) - set(PARAMS):
        raise InputError(
            f"--params must be {{algorithm: {{parameter: value}}}} with {' or '.join(PARAMS)}, and"
            f" is {text}."
        )
    for algorithm, given in params.items():
        for name, least in PARAMS[algorithm].items():
            value = given.get(name) if isinstance(given, dict) else None
            kind = int if name in WHOLE else int | float
            is_number = isinstance(value, kind) and not isinstance(value, bool)
            if not is_number or not value >= least:
                raise InputError(
                    f"--params: {name} of {algorithm} must be a {'whole ' * (kind is int)}number"
                    f" from {least}, and is {value}."
                )
    return params


def submitted_session() -> Any:
    """Return the session of spark-submit."""
    from pyspark.sql import SparkSession

    return SparkSession.builder.getOrCreate()


def read_history(session: Any, path: str, dataset: str, fold: str = "serving") -> Any:
    """Return what a fold knows, one row per user and product, in memory or on disk.

    Raises
    ------
    InputError
        If the ratings cannot be read, lack a column, hold a null key or none of the fold.
    """
    from pyspark.errors import PySparkException

    try:
        ratings = session.read.parquet(path)
    except PySparkException as error:
        raise InputError(f"{path} cannot be read as Parquet: {first_line(error)}") from error
    for column in COLUMNS:
        if column not in ratings.columns:
            raise InputError(
                f"{path}: the column {column} is missing; it has {', '.join(ratings.columns)}."
            )
    ratings.createOrReplaceTempView("fold_ratings")
    history = session.sql(
        """
        select user_id::string, product_id::string, min(age_in_days) as age_in_days
        from fold_ratings
        where role = 'history' and dataset = :dataset and fold = :fold
        group by all
        """,
        args={"dataset": dataset, "fold": fold},
    ).persist()
    history.createOrReplaceTempView("history")
    counts = ", ".join(f"count_if({key} is null) as {key}" for key in KEYS)
    found = session.sql(f"select count(*) as pairs, {counts} from history").first()
    for key in KEYS:
        if found[key]:
            raise InputError(
                f"{path}: the key {key} is null in {found[key]} rows: give each a value or"
                " leave it out."
            )
    if not found["pairs"]:
        folds = session.sql(
            "select distinct dataset, fold from fold_ratings order by all"
        ).collect()
        raise InputError(
            f"{path} has no history of the fold {fold} of {dataset}; it has"
            f" {', '.join(f'{each.dataset} {each.fold}' for each in folds) or 'no rows'}."
        )
    return history


def run(
    session: Any,
    history: Any,
    dataset: str,
    params: Mapping[str, Mapping[str, Any]],
    ratings_per_user: int,
    output: str,
) -> None:
    """Fit every algorithm that has parameters, and write its run and what it learned.

    Raises
    ------
    InputError
        If the folder holds a fit already; nothing is fitted then.
    """
    from pyspark.sql.functions import lit

    fits = {
        "implicit_als": lambda given: als_factors(session, history, given, f"{output}/_sweeps"),
        "item_neighbours": lambda given: item_neighbours(session, given, ratings_per_user),
    }
    runs = describe_runs(session, dataset, params, ratings_per_user)
    write(session.createDataFrame(runs).coalesce(1), f"{output}/{RUNS}")
    for algorithm, given in params.items():
        labels = lit(dataset).alias("dataset"), lit(algorithm).alias("algorithm")
        write(fits[algorithm](given).select(*labels, "*"), f"{output}/{TABLES[algorithm]}")


def write(table: Any, path: str) -> None:
    """Write a table to a folder that is not there yet."""
    from pyspark.errors import AnalysisException

    try:
        table.write.parquet(path)
    except AnalysisException as error:
        if error.getCondition() != "PATH_ALREADY_EXISTS":
            raise
        raise InputError(f"{path} is there already: name another folder, or remove it.") from error


def als_factors(session: Any, history: Any, params: Mapping[str, Any], folder: str) -> Any:
    """Return the factors of users and products by ALS of MLlib.

    Parameters
    ----------
    session, history
        As in `run`.
    params : mapping
        Those of `rankers.als_factors`.
    folder : str
        Where all executors can write meanwhile. It is removed.

    Returns
    -------
    DataFrame
        Columns `entity`, `entity_id` and `factors`, a list of doubles rounded to nine digits.
    """
    from pyspark.ml.recommendation import ALS

    numbers = {}
    for key in KEYS:
        ids = history.select(key).distinct().orderBy(key)
        numbers[key] = ids.zipWithIndex(f"{key}_number").persist()
        history = history.join(numbers[key], key)
    rated = history.selectExpr(
        "user_id_number::int as user", "product_id_number::int as item", "1f as rating"
    )
    blocks = int(session.conf.get("spark.sql.shuffle.partitions"))
    sizes = [ratings_of(session, key) for key in KEYS]
    told = als_params(params, *sizes)
    session.sparkContext.setCheckpointDir(folder)
    fitted = ALS(
        **told,
        numUserBlocks=blocks,
        numItemBlocks=blocks,
        checkpointInterval=SWEEPS_AT_ONCE,
    ).fit(rated)
    remove(session, folder)
    users, products = (
        vectors.join(numbers[key], vectors["id"] == numbers[key][f"{key}_number"]).selectExpr(
            f"'{key.removesuffix('_id')}' as entity",
            f"{key} as entity_id",
            f"transform(features, x -> round(x::double, {DIGITS})) as factors",
        )
        for key, vectors in zip(KEYS, (fitted.userFactors, fitted.itemFactors), strict=True)
    )
    return users.unionByName(products)


def remove(session: Any, folder: str) -> None:
    """Remove a folder of whatever file system."""
    path = session._jvm.org.apache.hadoop.fs.Path(folder)
    path.getFileSystem(session.sparkContext._jsc.hadoopConfiguration()).delete(path, True)


def ratings_of(session: Any, key: str) -> float:
    """Return how many ratings the user, or the product, of a rating has, as a mean over ratings."""
    return session.sql(
        f"""
        with sizes as (select count(*)::double as n from history group by {key})
        select sum(n * n) / sum(n) from sizes
        """
    ).first()[0]


def item_neighbours(session: Any, params: Mapping[str, Any], ratings_per_user: int) -> Any:
    """Return the neighbours of products: columns `product_id`, `neighbour_id` and `weight`."""
    own = {name: params[name] for name in PARAMS["item_neighbours"]}
    # Spark marks a parameter by a colon, and DuckDB by a dollar.
    return session.sql(
        NEIGHBOURS.replace("$", ":"), args={**own, "ratings_per_user": ratings_per_user}
    )


def describe_runs(
    session: Any, dataset: str, params: Mapping[str, Mapping[str, Any]], ratings_per_user: int
) -> list[dict[str, Any]]:
    """Return a row for each fit, with the columns of `training.recommendations_model_runs`."""
    content = session.sql(
        "select count(*) as n_rows, bit_xor(xxhash64(user_id, product_id))::string as content"
        " from history"
    ).first()
    rows = []
    for algorithm, given in params.items():
        cap = {"ratings_per_user": ratings_per_user} if algorithm == "item_neighbours" else {}
        fingerprint = pd.DataFrame([content.asDict()])
        run = describe_run(
            "recommendations", dataset, algorithm, fingerprint, {**given, **cap}, ["pyspark"]
        )
        rows.append({**run, "n_rows": content["n_rows"], "metrics": "{}", "is_served": True})
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
