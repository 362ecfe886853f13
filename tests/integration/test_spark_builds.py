"""Spark builds what DuckDB built, and fits what Python fits.

Needs Java, and what `make spark` installs.
"""

import importlib.util
import os
import shutil
import subprocess
import sys

import duckdb
import numpy as np
import pytest
import scipy.sparse as sp
from conftest import QUICK_MALL, ROOT

from models_py.recommendations import rankers

has_java = bool(os.environ.get("JAVA_HOME") or shutil.which("java"))
pytestmark = [
    pytest.mark.skipif(not has_java, reason="there is no Java"),
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None, reason="`make spark` has not installed pyspark"
    ),
]


def python(folder, *arguments):
    env = {
        **os.environ,
        "WAREHOUSE_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "dbt_project")]),
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def test_visitors_of_a_mall_are_the_same_on_both_engines(mall):
    run = python(mall.folder, "-m", "spark", "--vars", str(QUICK_MALL))
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert "segmentation.customer_segments" in run.stdout
    served = mall.folder / "spark" / "current" / "segmentation" / "customer_segments"
    rows = duckdb.sql(f"select customer_id, segment_id from '{served}/*.parquet' order by all")
    assert rows.fetchall() == mall.query(
        "select customer_id, segment_id from segmentation.customer_segments order by all"
    )
    assert (mall.folder / "spark").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_every_table_of_the_selector_is_the_same_on_both_engines(sample_build):
    run = python(sample_build.folder, "-m", "spark")
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-3000:]
    assert "recommendations.product_recommendations" in run.stdout


@pytest.mark.slow
@pytest.mark.parametrize("model", ["fit_segments", "segments"])
def test_what_does_not_run_on_spark_is_refused_in_one_line(tmp_path, model):
    program = (
        "from spark.__main__ import dbt, start_session; start_session();"
        f" dbt('run', '--select', '{model}')"
    )
    run = python(tmp_path, "-c", program)
    assert f"{model} does not run on Spark: it is no model of the selector spark." in run.stdout


PARAMS = {
    "implicit_als": {
        "factors": 2,
        "regularization": 3,
        "alpha": 4,
        "iterations": 10,
        "random_state": 1,
    },
    "item_neighbours": {"neighbours": 5, "shrinkage": 2, "power": 1.5},
}
# All in one program, for Spark takes longer to start than to fit.
PROGRAM = """
import sys
from spark import recommenders
for arguments in {runs}:
    print(recommenders.main(arguments))
"""


def ratings_of_two_camps() -> np.ndarray:
    """Return who rated what: 24 users and 12 products in each camp; 6 ratings each, and 12."""
    camp = np.array([[(user - product) % 12 < 6 for product in range(12)] for user in range(24)])
    return np.kron(np.eye(2), camp)


def write_ratings(path, rated, change="select * from ratings"):
    rows = [(f"u{user:02}", f"p{product:02}") for user, product in np.argwhere(rated)]
    with duckdb.connect() as connection:
        connection.execute("create table pairs (user_id varchar, product_id varchar)")
        connection.executemany("insert into pairs values (?, ?)", rows)
        connection.execute(
            "create view ratings as select 'shop' as dataset, 'serving' as fold, 'history' as role,"
            " *, null::bigint as age_in_days from pairs"
        )
        connection.execute(f"copy ({change}) to '{path}' (format parquet)")
    return str(path)


@pytest.mark.slow
def test_spark_fits_what_python_fits_and_says_what_it_cannot_read(tmp_path, monkeypatch):
    monkeypatch.setenv("SPARK_SHUFFLE_PARTITIONS", "1")
    # What runs for seconds is not worth compiling well.
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    rated = ratings_of_two_camps()
    good = write_ratings(tmp_path / "ratings.parquet", rated)
    no_age = write_ratings(
        tmp_path / "a.parquet", rated, "select * exclude (age_in_days) from ratings"
    )
    no_key = write_ratings(
        tmp_path / "b.parquet",
        rated,
        "select * replace (nullif(user_id, 'u00') as user_id) from ratings",
    )
    runs = [
        [path, str(tmp_path / "fitted"), "--dataset", dataset, "--params", str(PARAMS)]
        for path, dataset in [
            (no_age, "shop"),
            (no_key, "shop"),
            (good, "mall"),
            ("nowhere", "shop"),
            (good, "shop"),
            (good, "shop"),
        ]
    ]
    run = python(tmp_path, "-c", PROGRAM.format(runs=runs))
    assert run.stdout.split() == ["2", "2", "2", "2", "0", "2"], run.stderr[-3000:]
    for said in (
        f"{no_age}: the column age_in_days is missing; it has dataset, fold, role, user_id",
        f"{no_key}: the key user_id is null in 6 rows: give each a value or leave it out.",
        f"{good} has no history of the fold serving of mall; it has shop serving.",
        "nowhere cannot be read as Parquet: ",
        f"{tmp_path}/fitted/recommendations_model_runs is there already: ",
    ):
        assert said in run.stderr
    assert {path.name for path in (tmp_path / "fitted").iterdir()} == {
        "recommender_item_weights",
        "recommender_factors",
        "recommendations_model_runs",
    }
    weights, factors, described = (
        duckdb.sql(f"from '{tmp_path}/fitted/{name}/*.parquet' order by all")
        for name in (
            "recommender_item_weights",
            "recommender_factors",
            "recommendations_model_runs",
        )
    )
    expected = rankers.fit("item_neighbours", sp.csr_array(rated), PARAMS["item_neighbours"])
    found = np.zeros((24, 24))
    for dataset, algorithm, product, neighbour, weight in weights.fetchall():
        assert (dataset, algorithm) == ("shop", "item_neighbours")
        found[int(product[1:]), int(neighbour[1:])] = weight
    np.testing.assert_allclose(found, expected.matrix().toarray(), rtol=0, atol=1e-9)
    vectors = {entity_id: vector for *_, entity_id, vector in factors.fetchall()}
    scores = [
        [np.dot(vectors[f"u{user:02}"], vectors[f"p{product:02}"]) for product in range(24)]
        for user in range(48)
    ]
    learned = rankers.fit("implicit_als", sp.csr_array(rated), PARAMS["implicit_als"])
    here = rankers.score("implicit_als", learned, sp.csr_array(rated))
    # The same penalty and the same confidence have the same optimum.
    np.testing.assert_allclose(scores, here, rtol=0, atol=5e-3)
    assert np.ptp(here) > 0.5
    assert described.project("model_name, n_rows").fetchall() == [
        ("implicit_als", 288),
        ("item_neighbours", 288),
    ]
