"""Recommenders that are fitted on Spark: what of it needs no Spark."""

import math

import duckdb
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from models_py.recommendations import rankers
from models_py.recommendations.mllib import als_params
from spark import hand_over, recommenders
from spark.inputs import GENERATION, InputError, generation_in

ALS = {"factors": 8, "regularization": 60, "alpha": 10, "iterations": 5, "random_state": 3}
ALL = 1_000_000


def test_the_penalty_of_mllib_counts_for_every_rating_and_its_confidence_comes_on_top_of_one():
    assert als_params({**ALS, "recent_power": 1}, 50, 18) == {
        "rank": 8,
        "maxIter": 5,
        "regParam": pytest.approx(2),
        "alpha": 9.0,
        "implicitPrefs": True,
        "seed": 3,
    }
    assert als_params({**ALS, "alpha": 1}, 50, 18)["alpha"] == 0
    with pytest.raises(ValueError, match=r"alpha is 0\.5, and for MLlib must be 1 or more"):
        als_params({**ALS, "alpha": 0.5}, 50, 18)


def neighbours_in_sql(rows: list[tuple], **params) -> pd.DataFrame:
    """Ask DuckDB the query of Spark, of rows (user_id, product_id, age_in_days)."""
    history = pd.DataFrame(rows, columns=["user_id", "product_id", "age_in_days"])
    with duckdb.connect() as connection:
        connection.register("rows", history.astype({"age_in_days": "Int64"}))
        connection.execute("create view history as from rows")
        return connection.execute(recommenders.NEIGHBOURS, params).df()


@pytest.mark.parametrize(("shrinkage", "power"), [(0, 1), (20, 1), (2.5, 1.5), (80, 2)])
def test_neighbours_in_sql_are_those_of_python(shrinkage, power):
    rated = (np.random.default_rng(shrinkage > 2).random((70, 30)) < 0.25).astype(float)
    rows = [(f"u{user:02}", f"p{product:02}", None) for user, product in np.argwhere(rated)]
    params = {"neighbours": 6, "shrinkage": shrinkage, "power": power}
    found = neighbours_in_sql(rows, **params, ratings_per_user=ALL)
    weights = np.zeros((30, 30))
    places = (found[key].str[1:].astype(int) for key in ("product_id", "neighbour_id"))
    weights[tuple(places)] = found["weight"]
    expected = rankers.fit("item_neighbours", sp.csr_array(rated), params).matrix()
    assert expected.nnz == len(found) > 100
    np.testing.assert_allclose(weights, expected.toarray(), rtol=0, atol=1e-9)


def test_of_equal_neighbours_those_with_the_first_ids_are_kept():
    rows = [(user, product, None) for user in "xy" for product in "abcd"]
    found = neighbours_in_sql(rows, neighbours=2, shrinkage=0, power=1, ratings_per_user=ALL)
    pairs = sorted(zip(found["product_id"], found["neighbour_id"], strict=True))
    assert [own + other for own, other in pairs] == ["ab", "ac", "ba", "bc", "ca", "cb", "da", "db"]


def test_of_a_user_with_many_ratings_the_newest_count_and_those_without_an_age_come_last():
    rows = [("x", "a", 9), ("x", "b", 2), ("x", "c", 4), ("x", "d", None), ("x", "e", 3)]
    found = neighbours_in_sql(rows, neighbours=9, shrinkage=0, power=1, ratings_per_user=3)
    assert set(found["product_id"]) == {"b", "c", "e"}
    assert len(found) == 6


def test_ratings_without_an_age_are_drawn_by_md5_whatever_their_order():
    rows = [("x", f"p{number:02}", None) for number in range(40)]
    params = {"neighbours": 9, "shrinkage": 0, "power": 1, "ratings_per_user": 5}
    found = [set(neighbours_in_sql(each, **params)["product_id"]) for each in (rows, rows[::-1])]
    assert found[0] == found[1]
    assert len(found[0]) == 5
    # A sample, and not the first by name.
    assert found[0] != {"p00", "p01", "p02", "p03", "p04"}


def test_a_rating_that_is_left_out_is_no_rating_of_its_product_either():
    rows = [
        ("x", "a", 1),
        ("x", "b", 1),
        ("y", "c", 0),
        ("y", "a", 1),
        ("y", "b", 2),
        ("z", "a", 1),
    ]
    found = neighbours_in_sql(rows, neighbours=9, shrinkage=1, power=1, ratings_per_user=2)
    weights = {own + other: weight for own, other, weight in found.itertuples(index=False)}
    # Three users have a; one, and not two, has b.
    one_in_common = round(1 / (math.sqrt(3 * 1) + 1), 9)
    assert weights == dict.fromkeys(
        ["ab", "ba", "ac", "ca"], pytest.approx(one_in_common, abs=1e-12)
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "--params cannot be read: "),
        ("ease", "must be {algorithm: {parameter: value}} with implicit_als or item_neighbours"),
        ("{}", "and is {}."),
        ("{ease: {ridge: 100}}", "and is {ease: {ridge: 100}}."),
        (
            "{item_neighbours: 3}",
            "--params: neighbours of item_neighbours must be a whole number from 1, and is None.",
        ),
        (
            "{implicit_als: {factors: 8, regularization: 60, alpha: 0.5}}",
            "--params: alpha of implicit_als must be a number from 1, and is 0.5.",
        ),
        (
            "{implicit_als: {factors: 8, regularization: 60, alpha: 10, iterations: 2.5}}",
            "--params: iterations of implicit_als must be a whole number from 1, and is 2.5.",
        ),
        (
            "{item_neighbours: {neighbours: 20, shrinkage: -1, power: 1}}",
            "--params: shrinkage of item_neighbours must be a number from 0, and is -1.",
        ),
    ],
)
def test_parameters_that_cannot_be_meant_stop_in_one_line(text, said, capsys):
    program = ["ratings.parquet", "fitted", "--dataset", "ratings", "--params", text]
    assert recommenders.main(program) == 2
    printed = capsys.readouterr().err
    assert said in printed
    assert printed.count("\n") == 1


def test_a_user_with_one_rating_makes_no_pair(capsys):
    params = "{item_neighbours: {neighbours: 20, shrinkage: 20, power: 1}}"
    program = ["ratings.parquet", "fitted", "--dataset", "ratings", "--params", params]
    assert recommenders.main([*program, "--ratings-per-user", "1"]) == 2
    assert capsys.readouterr().err == "--ratings-per-user must be 2 or more, and is 1.\n"


def test_without_java_nothing_is_fitted(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    params = "{item_neighbours: {neighbours: 20, shrinkage: 20, power: 1}}"
    program = ["ratings.parquet", "fitted", "--dataset", "ratings", "--params", params]
    assert recommenders.main(program) == 2
    assert capsys.readouterr().err.startswith("Spark needs Java 17 or 21")


RUN = "select '{}' as dataset, '{}' as model_name, '{}' as params, 10 as n_rows"
VECTOR = "select '{}' as dataset, '{}' as algorithm, 'u' as entity_id, [{}] as factors"
WEIGHT = "select '{}' as dataset, '{}' as algorithm, 'a' as product_id, {} as weight"
ROLES = "'{}' as item_algorithm, '{}' as factor_algorithm"


def write(path, *rows, generation=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(
        f"copy ({' union all '.join(rows)}) to '{path}'"
        f" (format parquet, kv_metadata {{{GENERATION}: '{generation}'}})"
    )


@pytest.fixture
def folders(tmp_path):
    """Return what was fitted for the shop, and inputs with recommenders of a shop and of a mall."""
    fitted, inputs = tmp_path / "fitted", tmp_path / "inputs"
    new = {
        "recommendations_model_runs": [
            RUN.format("shop", name, "new") for name in ("implicit_als", "item_neighbours")
        ],
        "recommender_factors": [VECTOR.format("shop", "implicit_als", 2)],
        "recommender_item_weights": [WEIGHT.format("shop", "item_neighbours", 2)],
    }
    for name, rows in new.items():
        write(fitted / name / "part-0.parquet", *rows)
    roles = ROLES.format("ease", "svd")
    old = {
        hand_over.RUNS: [
            RUN.format(*each, "old")
            for each in [("shop", "ease"), ("shop", "implicit_als"), ("mall", "implicit_als")]
        ],
        "models/recommender_factors": [
            VECTOR.format(*each, 1)
            for each in [("shop", "svd"), ("shop", "implicit_als"), ("mall", "implicit_als")]
        ],
        "models/recommender_item_weights": [WEIGHT.format("shop", "ease", 1)],
        hand_over.CHAMPION: [
            f"select '{name}' as dataset, 'ease' as algorithm, {roles}" for name in ("shop", "mall")
        ],
        hand_over.FITS: [
            f"select '{name}' as dataset, 'ease' as champion, {roles}" for name in ("shop", "mall")
        ],
    }
    for name, rows in old.items():
        write(inputs / f"{name}.parquet", *rows, generation="20260101")
    return fitted, inputs


def rows_of(inputs, table, columns="*"):
    return duckdb.sql(f"select {columns} from '{inputs}/{table}.parquet' order by all").fetchall()


def test_what_was_fitted_takes_the_place_of_its_algorithm_and_data_set_alone(folders):
    fitted, inputs = folders
    hand_over.hand_over(fitted, inputs, "implicit_als")
    assert rows_of(inputs, "models/recommender_factors", "dataset, algorithm, factors[1]") == [
        ("mall", "implicit_als", 1),
        ("shop", "implicit_als", 2),
        ("shop", "svd", 1),
    ]
    weights = rows_of(inputs, "models/recommender_item_weights", "algorithm, weight")
    assert weights == [("ease", 1), ("item_neighbours", 2)]
    assert rows_of(inputs, hand_over.RUNS, "dataset, model_name, params") == [
        ("mall", "implicit_als", "old"),
        ("shop", "ease", "old"),
        ("shop", "implicit_als", "new"),
        ("shop", "item_neighbours", "new"),
    ]
    for table in (hand_over.CHAMPION, hand_over.FITS):
        assert rows_of(inputs, table) == [
            ("mall", "ease", "ease", "svd"),
            ("shop", "implicit_als", "item_neighbours", "implicit_als"),
        ]
    files = list(inputs.rglob("*.*"))
    assert {path.suffix for path in files} == {".parquet"}
    assert len(files) == 5
    with duckdb.connect() as connection:
        assert {generation_in(connection, path) for path in files} == {"20260101"}


def test_who_served_goes_on_where_nobody_else_is_named(folders):
    fitted, inputs = folders
    hand_over.hand_over(fitted, inputs)
    assert rows_of(inputs, hand_over.CHAMPION, "dataset, algorithm")[1] == ("shop", "ease")


def test_what_cannot_serve_changes_nothing_and_is_said_in_one_line(folders, capsys):
    fitted, inputs = folders
    before = {path: path.read_bytes() for path in inputs.rglob("*.parquet")}
    with pytest.raises(
        InputError,
        match=r"--champion must be one of ease, implicit_als, item_neighbours, and is svd\.",
    ):
        hand_over.hand_over(fitted, inputs, "svd")
    (inputs / "models" / "recommender_factors.parquet").rename(inputs / "away")
    assert hand_over.main([str(fitted), str(inputs)]) == 2
    said = capsys.readouterr().err
    assert "recommender_factors.parquet" in said
    assert said.count("\n") == 1
    (inputs / "away").rename(inputs / "models" / "recommender_factors.parquet")
    write(fitted / "recommendations_model_runs" / "part-0.parquet", RUN.format("x", "y", "z"))
    with pytest.raises(InputError, match="has no recommenders with dataset = 'x': export a build"):
        hand_over.hand_over(fitted, inputs)
    assert {path: path.read_bytes() for path in inputs.rglob("*.parquet")} == before
