import json

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import scipy.sparse as sp
from surprise import KNNBasic

from models_py.recommendations import rankers, rating_predictors
from models_py.recommendations.evaluation import (
    best_columns,
    ndcg_and_coverage,
    rated_item_metrics,
    top_unseen,
)
from models_py.recommendations.fits import Settings, champion_of, fit_recommenders, with_best
from models_py.recommendations.ratings import split_folds
from models_py.recommendations.record import SCHEMA, Ids, table
from models_py.recommendations.refresh import refresh_recommenders

SCALE = (1, 5)


@pytest.fixture(scope="module")
def ratings() -> pd.DataFrame:
    """Return ratings of 60 users, 50 of them judged, in two camps that like one half each."""
    rng = np.random.default_rng(5)
    rows = []
    for user in range(60):
        liked = rng.permutation(20)[:12] + 20 * (user % 2)
        other = rng.permutation(20)[:3] + 20 * (1 - user % 2)
        parts = rng.permutation([0] * 9 + [1] * 3 + [2] * 3)
        for product, part in zip([*liked, *other], parts, strict=True):
            stars = rng.integers(3, 6) if product in liked else rng.integers(1, 5)
            rows.append((user, int(product), float(stars), part, user < 50))
    columns = ["user_number", "product_number", "rating", "fold_number", "is_evaluated"]
    return pd.DataFrame(rows, columns=columns).assign(day=np.nan)


FOLDS = pd.DataFrame(
    {"fold": ["validation", "holdout", "serving"], "fold_number": [1, 2, 3], "first_day": np.nan}
)
FOLDS["part"] = FOLDS["fold"]


@pytest.fixture(scope="module")
def fold(ratings):
    return {fold.name: fold for fold in split_folds(ratings, FOLDS)}["holdout"]


@pytest.fixture(scope="module")
def ids() -> Ids:
    return Ids(
        pa.array([f"u{number:02}" for number in range(60)]),
        pa.array([f"p{number:02}" for number in range(40)]),
    )


@pytest.fixture(scope="module")
def fingerprint() -> pd.DataFrame:
    return pd.DataFrame({"n_rows": [900], "content": ["1"]})


def test_a_fold_knows_what_came_before_it_and_is_judged_on_what_comes_next(ratings):
    folds = {fold.name: fold for fold in split_folds(ratings, FOLDS)}
    assert list(folds) == ["validation", "holdout", "serving"]
    assert [len(fold.history) for fold in folds.values()] == [60 * 9, 60 * 12, 60 * 15]
    # Users who are not judged have no targets, and nobody is judged on what serves.
    assert [len(fold.targets) for fold in folds.values()] == [50 * 3, 50 * 3, 0]
    assert folds["holdout"].targets["user_number"].max() == 49
    pairs = ["user_number", "product_number"]
    for fold in folds.values():
        assert fold.history.merge(fold.targets, on=pairs).empty
        assert fold.judged.tolist() == list(range(50))


def test_a_judged_user_without_a_history_is_shown_nothing_and_still_counts(ratings):
    is_new = (ratings["user_number"] == 7) & (ratings["fold_number"] == 0)
    fold = next(split_folds(ratings[~is_new], FOLDS))
    assert fold.judged.tolist() == list(range(50))
    learned = rankers.Factors(np.ones((60, 1)), np.ones((40, 1)))
    top = rankers.best_unseen("svd", learned, fold.rated(), fold.judged, 3).products
    assert top[7].tolist() == [-1, -1, -1]
    assert (top[:7] >= 0).all()


def test_folds_do_not_depend_on_the_order_of_rows(ratings):
    shuffled = ratings.sample(frac=1, random_state=3)
    for one, other in zip(split_folds(ratings, FOLDS), split_folds(shuffled, FOLDS), strict=True):
        pd.testing.assert_frame_equal(one.history, other.history)
        pd.testing.assert_frame_equal(one.targets, other.targets)


def test_best_columns_breaks_ties_by_column_and_pads():
    scores = np.array([[0.5, 0.7, 0.7 + 1e-12, -np.inf], [-1, -np.inf, -np.inf, -3]])
    assert best_columns(scores, 3).tolist() == [[1, 2, 0], [0, 3, -1]]
    assert best_columns(scores, 5)[0].tolist() == [1, 2, 0, -1, -1]


def test_top_unseen_leaves_out_what_is_rated():
    rated = sp.csr_array(np.array([[0, 1, 0]]))
    assert top_unseen(np.array([[1.0, 9.0, 2.0]]), rated, 2).tolist() == [[2, 0]]


def test_ndcg_and_coverage_by_hand():
    relevant = sp.csr_array(np.array([[0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]]))
    top = np.array([[1, 0, 2], [0, 1, -1], [3, 1, 4]])
    ndcg, coverage = ndcg_and_coverage(top, relevant, 3)
    # The first user's hits are at places 1 and 3; the third has none, the second no target.
    ideal = 1 + 1 / np.log2(3)
    assert ndcg == pytest.approx((1.5 / ideal + 0) / 2)
    assert coverage == 5 / 6
    # At depth 2 the hit at place 3 is lost, and so are two products.
    ndcg, coverage = ndcg_and_coverage(top, relevant, 2)
    assert ndcg == pytest.approx((1 / ideal + 0) / 2)
    assert coverage == 3 / 6


def test_ndcg_of_nobody_is_nan():
    assert np.isnan(ndcg_and_coverage(np.array([[0]]), sp.csr_array((1, 2)), 1)[0])


def test_rated_item_metrics_by_hand():
    predictions = pd.DataFrame(
        {
            "user_number": [0, 0, 0, 1],
            "product_number": [1, 2, 3, 3],
            "rating": [5.0, 2.0, 4.0, 1.0],
            "estimate": [4.0, 4.0, 3.0, 1.5],
        }
    )
    metrics = rated_item_metrics(predictions, 1, 3.5)
    assert metrics["rmse"] == pytest.approx(np.sqrt(6.25 / 4))
    assert metrics["mae"] == pytest.approx(4.5 / 4)
    assert (metrics["precision"], metrics["recall"]) == (0.5, 0.25)
    assert metrics["f1"] == pytest.approx(2 * 0.5 * 0.25 / 0.75)


def test_neighbour_weights_equal_the_formula(fold):
    rated = fold.rated()
    weights = rankers.neighbour_weights(rated, neighbours=5, power=2, shrinkage=3)
    dense = rated.toarray()
    for user in range(0, fold.n_users, 7):
        common = dense @ dense[user]
        expected = (common / (np.sqrt(dense.sum(1) * dense[user].sum()) + 3)) ** 2
        expected[user] = -1
        order = np.lexsort((np.arange(len(expected)), -expected.round(9)))[:5]
        assert weights.neighbours[user].tolist() == order.tolist()
        np.testing.assert_allclose(weights.strengths[user], expected[order], atol=1e-9)


def test_ease_equals_its_closed_form(fold):
    rated = fold.rated()
    dense = rated.toarray()
    inverse = np.linalg.inv(dense.T @ dense + 7 * np.eye(fold.n_products))
    expected = -inverse / np.diag(inverse)[:, None]
    np.fill_diagonal(expected, 0)
    learned = rankers.ease_weights(rated, fold.n_products, ridge=7).matrix().toarray()
    np.testing.assert_allclose(learned, expected, atol=1e-9)


def test_truncation_keeps_the_best_neighbours(fold):
    longer = rankers.ease_weights(fold.rated(), 8, ridge=7)
    shorter = rankers.ease_weights(fold.rated(), 3, ridge=7)
    assert longer.truncated(3).neighbours.tolist() == shorter.neighbours.tolist()
    assert (np.diff(longer.strengths, axis=1) <= 0).all()


@pytest.mark.parametrize(
    ("algorithm", "params"),
    [
        ("user_neighbours", {"neighbours": 10, "power": 1, "shrinkage": 0}),
        ("item_neighbours", {"neighbours": 10, "power": 1, "shrinkage": 0}),
        ("ease", {"neighbours": 10, "ridge": 5}),
        (
            "implicit_als",
            {
                "factors": 4,
                "regularization": 1,
                "alpha": 5,
                "iterations": 8,
                "random_state": 1,
            },
        ),
    ],
)
def test_every_ranker_finds_the_camps(fold, algorithm, params):
    rated = fold.rated()
    learned = rankers.fit(algorithm, rated, params)
    top = top_unseen(rankers.score(algorithm, learned, rated), rated, 3)
    own_half = (top // 20) == (np.arange(fold.n_users)[:, None] % 2)
    assert own_half[top >= 0].mean() > 0.7


def test_an_unknown_ranker_is_an_error(fold):
    with pytest.raises(KeyError, match="slope_one"):
        rankers.fit("slope_one", fold.rated(), {})


@pytest.mark.parametrize("name", ["cosine", "msd", "pearson_baseline"])
@pytest.mark.parametrize("user_based", [True, False])
def test_all_neighbour_estimates_equal_predict(fold, name, user_based):
    options = {"name": name, "user_based": user_based}
    params = {"k": 4, "min_k": 2, "sim_options": options, "verbose": False}
    fitted = rating_predictors.fit("user_knn", params, fold.history, SCALE)
    of_the_library = KNNBasic(**params).fit(fitted.trainset)
    np.testing.assert_allclose(fitted.sim, of_the_library.sim, atol=1e-12)
    everything = rating_predictors.knn_estimates(fitted, fold)
    pairs = fold.targets
    expected = rating_predictors.estimates(fitted, pairs)
    found = everything[pairs["user_number"], pairs["product_number"]]
    np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize(
    ("algorithm", "params"),
    [("svd", {"n_factors": 5, "random_state": 1}), ("baseline_only", {"verbose": False})],
)
def test_factor_products_equal_predict(fold, algorithm, params):
    fitted = rating_predictors.fit(algorithm, params, fold.history, SCALE)
    found = rating_predictors.factors(fitted, fold.n_users, fold.n_products)
    products = (found.users @ found.products.T).clip(*SCALE)
    pairs = fold.targets
    np.testing.assert_allclose(
        products[pairs["user_number"], pairs["product_number"]],
        rating_predictors.estimates(fitted, pairs),
        atol=1e-9,
    )


def test_search_takes_the_least_rmse(fold):
    grid = {"n_factors": [2], "reg_all": [0.02, 0.4], "random_state": [1]}
    params, candidates = rating_predictors.search("svd", grid, fold.history, SCALE, 1)
    best = min(candidates, key=lambda candidate: candidate["rmse"])
    assert len(candidates) == 2
    assert params == best["params"]


SETTINGS = {
    "rankers": {
        "popularity_count": {},
        "item_neighbours": {"power": [1, 3], "shrinkage": [0], "neighbours": [2, 6]},
        "ease": {"ridge": [1, 20], "neighbours": [4]},
        "implicit_als": {
            "factors": [4],
            "regularization": [1],
            "alpha": [5],
            "iterations": [5],
            "random_state": [1],
        },
    },
    "rating_predictors": {
        "user_knn": {"k": [5], "min_k": [1, 2], "verbose": [False]},
        "svd": {"n_factors": [3], "random_state": [1]},
        "item_knn": {"k": [5]},
    },
    "rating_scale": SCALE,
    "relevant_rating": 3.5,
    "recent_days": None,
    "active_days": None,
    "min_coverage": 0.0,
    "depth": 5,
    "blended": 8,
    "listed": 4,
    "random_state": 1,
}
SCORERS = {
    "popularity_count": "popularity",
    "item_neighbours": "item_weights",
    "ease": "item_weights",
    "implicit_als": "factors",
    "user_knn": "predictions",
    "svd": "factors",
    "rp3beta": "item_weights",
    "blend": "blend",
}
RANKERS = ("popularity_count", "item_neighbours", "ease")


def candidates_of(algorithms, stored=None, size_measure="largest_side") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "algorithm": algorithms,
            "scorer": [SCORERS[name] for name in algorithms],
            "is_servable": [
                SCORERS[name] not in ("popularity", "predictions") and name != "rp3beta"
                for name in algorithms
            ],
            "size_measure": [None if n == "popularity_count" else size_measure for n in algorithms],
            "stored_params": [(stored or {}).get(name) for name in algorithms],
        }
    )


def fitted(ratings, ids, fingerprint, algorithms=RANKERS, how=None, **settings) -> dict[str, dict]:
    candidates = candidates_of(list(algorithms), **(how or {}))
    told = Settings(**{**SETTINGS, **settings})
    rows = fit_recommenders("shop", ratings, FOLDS, ids, candidates, fingerprint, told)
    stored = table(rows)
    assert stored.schema == SCHEMA
    return {row["model_name"]: row for row in stored.to_pylist()}


def test_a_fit_is_a_row_with_its_search_and_what_it_learned(ratings, ids, fingerprint, caplog):
    caplog.set_level("INFO", logger="models_py")
    rows = fitted(ratings, ids, fingerprint)
    assert caplog.messages[:2] == [
        "fitting recommenders of shop",
        "fitting recommenders: item_neighbours, for validation",
    ]
    assert list(rows) == ["popularity_count", "item_neighbours", "ease"]
    searched = rows["item_neighbours"]["search"]
    best = max(searched, key=lambda point: json.loads(point["metrics"])["ndcg"])
    assert len(searched) == 4
    assert rows["item_neighbours"]["params"] == best["params"]
    assert rows["item_neighbours"]["ndcg"] == json.loads(best["metrics"])["ndcg"]
    for ranker in ("item_neighbours", "ease"):
        folds = {weights["fold"] for weights in rows[ranker]["weights"]}
        assert folds == {"validation", "holdout", "serving"}
    assert rows["ease"]["n_rows"] == 900
    assert {row["dataset"] for row in rows.values()} == {"shop"}


def test_what_is_learned_goes_by_ids(ratings, ids, fingerprint):
    row = fitted(ratings, ids, fingerprint)["item_neighbours"]
    params = json.loads(row["params"])
    (serving,) = (fold for fold in split_folds(ratings, FOLDS) if fold.name == "serving")
    expected = rankers.fit("item_neighbours", serving.rated(), params)
    stored = [weights for weights in row["weights"] if weights["fold"] == "serving"]
    assert [weights["entity_id"] for weights in stored] == ids.products.to_pylist()
    for number in (0, 17, 39):
        of_it = expected.neighbours[number]
        assert stored[number]["neighbour_ids"] == [f"p{each:02}" for each in of_it[of_it >= 0]]
        assert stored[number]["weights"] == expected.strengths[number][of_it >= 0].tolist()


@pytest.mark.parametrize("algorithm", ["item_neighbours", "ease", "implicit_als", "svd"])
def test_who_can_be_served_is_judged_by_the_judged_users_rankings(
    ratings, ids, fingerprint, algorithm
):
    row = fitted(ratings, ids, fingerprint, [algorithm])[algorithm]
    validation = next(split_folds(ratings, FOLDS))
    rated, params = validation.rated(), json.loads(row["params"])
    if algorithm == "svd":
        predictor = rating_predictors.fit("svd", params, validation.history, SCALE)
        learned = rating_predictors.factors(predictor, 60, 40)
    else:
        learned = rankers.fit(algorithm, rated, params)
    top = top_unseen(rankers.score(algorithm, learned, rated), rated, 5)[:50]
    expected = ndcg_and_coverage(top, validation.relevant(3.5)[:50], 5)
    assert (row["ndcg"], row["coverage"]) == pytest.approx(expected, abs=1e-9)


def test_several_folds_choose_together_and_each_knows_what_came_before_it(
    ratings, ids, fingerprint
):
    """What sells more than it used to comes first, and what nobody had of late is hidden."""
    days = ratings["fold_number"] * 10 + np.arange(len(ratings)) % 9
    dated = ratings.assign(day=days.astype(float))
    folds = pd.DataFrame(
        {
            "fold": ["validation_1", "validation_2", "serving"],
            "part": ["validation", "validation", "serving"],
            "fold_number": [1, 2, 3],
            "first_day": [10, 20, 30],
        }
    )
    space = {"power": [1], "shrinkage": [0], "neighbours": [2, 6]}
    space = {**space, "recent_power": [0, 0.5], "popularity_penalty": [0, 0.4]}
    told = Settings(
        **{**SETTINGS, "rankers": {"item_neighbours": space}, "recent_days": 8, "active_days": 9}
    )
    candidates = candidates_of(["item_neighbours"])
    (row,) = fit_recommenders("shop", dated, folds, ids, candidates, fingerprint, told)
    assert len(row["search"]) == 8
    params = json.loads(row["params"])
    tops, relevant = [], []
    for fold in list(split_folds(dated, folds))[:2]:
        own = {name: params[name] for name in ("power", "shrinkage", "neighbours")}
        learned = rankers.neighbour_weights(sp.csr_array(fold.rated().T), **own)
        recent = fold.history[fold.history["age"] <= 8].groupby("product_number").size()
        active = fold.history[fold.history["age"] <= 9].groupby("product_number").size()
        counts = recent.reindex(range(40), fill_value=0).to_numpy()
        scores = rankers.score("item_neighbours", learned, fold.rated())
        users = np.bincount(fold.history["product_number"], minlength=40)
        scores = np.where(np.isneginf(scores), 0, scores) * counts ** params["recent_power"]
        scores /= np.maximum(users, 1) ** params["popularity_penalty"]
        scores[:, ~np.isin(np.arange(40), active.index)] = 0
        scores[scores <= 0] = -np.inf
        tops.append(top_unseen(scores, fold.rated(), 5)[:50])
        relevant.append(fold.relevant(3.5)[:50])
    expected = ndcg_and_coverage(np.vstack(tops), sp.vstack(relevant, format="csr"), 5)
    assert (row["ndcg"], row["coverage"]) == pytest.approx(expected, abs=1e-9)
    folds_of_weights = {weights["fold"] for weights in row["weights"].to_pylist()}
    assert folds_of_weights == {"validation_1", "validation_2", "serving"}


BLENDED = {
    **SETTINGS["rankers"],
    "rp3beta": {"beta": [0.2, 0.8], "neighbours": [3, 9]},
    "blend": {"item_neighbours": [1], "rp3beta": [0, 0.6, 2], "implicit_als": [0.5, 1]},
}
PARTS = ("item_neighbours", "rp3beta", "implicit_als")


def points_of(row: dict) -> list[tuple[dict, dict]]:
    return [(json.loads(each["params"]), json.loads(each["metrics"])) for each in row["search"]]


@pytest.mark.parametrize("min_coverage", [0, 0.99])
def test_a_blend_has_the_weights_and_its_part_the_parameters_that_rank_best(
    ratings, ids, fingerprint, min_coverage
):
    rows = fitted(
        ratings,
        ids,
        fingerprint,
        [*PARTS, "blend"],
        rankers=BLENDED,
        min_coverage=min_coverage,
    )
    validation = next(split_folds(ratings, FOLDS))
    rated = validation.rated()
    lists = {}
    for algorithm in PARTS:
        params = json.loads(rows[algorithm]["params"])
        learned = rankers.fit(algorithm, rated, params)
        lists[algorithm] = rankers.best_unseen(algorithm, learned, rated, validation.judged, 8)
    search = points_of(rows["blend"])
    assert len(search) == 6
    for weights, metrics in search:
        scores = np.zeros((50, 40))
        for algorithm, found in lists.items():
            for user, (numbers, own) in enumerate(zip(found.products, found.scores, strict=True)):
                kept = (numbers >= 0) & (own > 0)
                norm = np.sqrt((own[kept] ** 2).sum())
                scores[user, numbers[kept]] += weights[algorithm] * own[kept] / norm
        scores[scores <= 0] = -np.inf
        top = best_columns(scores, 5)
        expected = ndcg_and_coverage(top, validation.relevant(3.5)[:50], 5)
        assert (metrics["ndcg"], metrics["coverage"]) == pytest.approx(expected, abs=1e-9)
    covering = [metrics for _, metrics in search if metrics["coverage"] >= min_coverage]
    best = max(covering or [metrics for _, metrics in search], key=lambda each: each["ndcg"])
    assert json.loads(rows["blend"]["metrics"]) == best
    assert rows["blend"]["ndcg"] == best["ndcg"]
    assert rows["blend"]["weights"] == rows["blend"]["factors"] == []
    # What is a part only is searched by the blends that it makes possible.
    of_part = points_of(rows["rp3beta"])
    assert len(of_part) == 4
    assert (json.loads(rows["rp3beta"]["params"]), best) in of_part
    assert rows["rp3beta"]["ndcg"] is None
    # The others are searched by their own rankings, whatever these cover.
    own = points_of(rows["item_neighbours"])
    chosen = json.loads(rows["item_neighbours"]["metrics"])
    assert chosen["ndcg"] == max(metrics["ndcg"] for _, metrics in own)


def test_a_blend_is_made_of_two_at_least(ratings, ids, fingerprint):
    rows = fitted(ratings, ids, fingerprint, ["rp3beta", "blend"], rankers=BLENDED)
    assert list(rows) == ["rp3beta"]
    without_rp3beta = ["item_neighbours", "implicit_als", "blend"]
    rows = fitted(ratings, ids, fingerprint, without_rp3beta, rankers=BLENDED)
    assert set(json.loads(rows["blend"]["params"])) == {"item_neighbours", "implicit_als"}


def test_a_refit_keeps_the_weights_of_a_blend(ratings, ids, fingerprint):
    stored = {
        "blend": '{"item_neighbours": 1, "rp3beta": 0.6}',
        "rp3beta": '{"beta": 0.8, "neighbours": 3}',
    }
    names = ["item_neighbours", "rp3beta", "blend"]
    rows = fitted(ratings, ids, fingerprint, names, {"stored": stored}, rankers=BLENDED)
    assert {name: rows[name]["params"] for name in stored} == stored
    assert len(rows["blend"]["search"]) == 1


def figures(name, scorer, ndcg, coverage) -> dict:
    return {"model_name": name, "scorer": scorer, "ndcg": ndcg, "coverage": coverage}


def roles(*rows) -> tuple[str | None, set]:
    marked = with_best(list(rows), min_coverage=0.2)
    champion = champion_of(marked, min_coverage=0.2)
    return (
        champion and champion["model_name"],
        {row["model_name"] for row in marked if row["is_best_of_scorer"]},
    )


def test_the_champion_is_the_best_that_covers_enough():
    champion, best = roles(
        figures("narrow", "factors", 0.09, 0.1),
        figures("fair", "user_weights", 0.04, 0.9),
        figures("good", "item_weights", 0.05, 0.2),
        figures("worse", "item_weights", 0.03, 0.9),
        figures("unserved", "predictions", None, None),
    )
    assert champion == "good"
    assert best == {"narrow", "fair", "good"}


def test_where_none_covers_enough_the_best_is_champion_and_the_diversity_step_helps():
    champion, best = roles(
        figures("wide", "item_weights", 0.03, 0.19), figures("narrow", "item_weights", 0.04, 0.1)
    )
    assert (champion, best) == ("narrow", {"narrow"})
    assert roles(figures("unserved", "predictions", None, None)) == (None, set())


def test_one_that_covers_enough_is_the_best_of_its_scorer_before_a_better_one():
    champion, best = roles(
        figures("narrow", "item_weights", 0.09, 0.1), figures("wide", "item_weights", 0.01, 0.2)
    )
    assert (champion, best) == ("wide", {"wide"})


def test_equal_figures_go_to_the_first_by_name():
    champion, best = roles(
        figures("b", "item_weights", 0.05, 0.5), figures("a", "item_weights", 0.05, 0.3)
    )
    assert (champion, best) == ("a", {"a"})


def test_what_is_skipped_is_not_fitted(ratings, ids, fingerprint):
    rows = fitted(ratings, ids, fingerprint, ["popularity_count", "item_neighbours"])
    assert list(rows) == ["popularity_count", "item_neighbours"]


def test_a_refit_takes_the_stored_parameters(ratings, ids, fingerprint):
    params = {"power": 2, "shrinkage": 0, "neighbours": 5}
    stored = {"item_neighbours": json.dumps(params)}
    rows = fitted(ratings, ids, fingerprint, how={"stored": stored})
    assert json.loads(rows["item_neighbours"]["params"]) == params
    assert [len(row["search"]) for row in rows.values()] == [1, 1, 2]


def test_without_a_search_the_first_parameters_hold(ratings, ids, fingerprint):
    how = {"size_measure": "common_raters"}
    fit = fitted(ratings, ids, fingerprint, ["item_neighbours"], how)["item_neighbours"]
    assert json.loads(fit["params"]) == {"power": 1, "shrinkage": 0, "neighbours": 2}
    assert {weights["fold"] for weights in fit["weights"]} == {"validation", "holdout", "serving"}
    assert fit["ndcg"] is not None


def test_fits_do_not_depend_on_the_order_of_rows(ratings, ids, fingerprint):
    everything = list(SCORERS)
    shuffled = ratings.sample(frac=1, random_state=9)
    assert fitted(ratings, ids, fingerprint, everything) == fitted(
        shuffled, ids, fingerprint, everything
    )


def test_rating_predictors_return_estimates_rankings_and_factors(ratings, ids, fingerprint):
    rows = fitted(ratings, ids, fingerprint, ["user_knn", "svd"])
    user_knn, svd = rows["user_knn"], rows["svd"]
    n_targets = 2 * 50 * 3
    assert len(user_knn["predictions"]) == len(svd["predictions"]) == n_targets
    assert len(user_knn["rankings"]) == 60
    assert {len(row["product_ids"]) for row in user_knn["rankings"]} == {4}
    assert user_knn["factors"] == svd["rankings"] == []
    assert len(svd["factors"]) == 3 * (60 + 40)
    assert (user_knn["ndcg"], user_knn["is_best_of_scorer"]) == (None, False)


@pytest.mark.parametrize("algorithm", ["user_neighbours", "item_neighbours", "ease"])
def test_rankings_in_blocks_equal_those_of_all_scores(fold, algorithm):
    params = {"ridge": 5} if algorithm == "ease" else {"power": 1, "shrinkage": 0}
    rated, users = fold.rated(), np.array([0, 3, 59])
    learned = rankers.fit(algorithm, rated, {**params, "neighbours": 4})
    expected = top_unseen(rankers.score(algorithm, learned, rated), rated, 30)[users]
    found = rankers.best_unseen(algorithm, learned, rated, users, 30)
    assert found.products.tolist() == expected.tolist()
    assert (expected == -1).any()
    scores = rankers.score(algorithm, learned, rated)[users]
    of_expected = np.take_along_axis(scores, np.maximum(expected, 0), axis=1)
    np.testing.assert_allclose(found.scores, np.where(expected < 0, 0, of_expected), atol=1e-9)


TOO_LARGE = {"item_neighbours": "too large"}


def refreshed(
    ratings,
    ids,
    fingerprint,
    skipped=None,
    algorithms=("popularity_count", "item_neighbours"),
    unreadable=None,
    **decision,
) -> pa.Table:
    candidates = candidates_of(list(algorithms))
    is_skipped = candidates["algorithm"].isin(skipped or {})
    candidates = candidates.assign(
        dataset="shop",
        is_skipped=is_skipped,
        skipped_because=candidates["algorithm"].map(skipped or {}),
    )
    read = []
    rows = {
        "ratings": pa.Table.from_pandas(ratings),
        "folds": pa.Table.from_pandas(FOLDS),
        "users": pa.table({"user_id": ids.users[::-1]}),
        "products": pa.table({"product_id": ids.products}),
        "fingerprint": pa.Table.from_pandas(fingerprint.assign(dataset="shop")),
    }

    def relation(name, dataset):
        assert dataset == "shop"
        read.append(name)
        found = duckdb.from_arrow(rows[name])
        return found.filter("error('ratings are read')") if name == unreadable else found

    spec = {
        "dataset": "shop",
        "has_stars": True,
        "lowest_rating": 1,
        "highest_rating": 5,
        "relevant_rating": 3.5,
        "recent_days": None,
        "active_days": None,
    }
    told = {
        name: value
        for name, value in SETTINGS.items()
        if name not in spec and name != "rating_scale"
    }
    told["rankers"] = {"stars": BLENDED, "purchases": {}}
    fit = refresh_recommenders(
        relation,
        pd.DataFrame([spec]),
        candidates,
        pd.DataFrame([{"dataset": "shop", "trigger": "asked", **decision}]),
        pd.DataFrame(
            [
                {
                    "dataset": "shop",
                    "champion": "svd",
                    "item_algorithm": float("nan"),
                    "rating_algorithm": "svd",
                }
            ]
        ),
        told,
    )
    assert bool(read) == (decision["decision"] != "score")
    return fit


def what_became(fit: pa.Table) -> tuple:
    names = ["outcome", "quality", "challenger_quality", "fit_problem"]
    (row,) = {tuple(row.values()) for row in fit.select(names).to_pylist()}
    return row


def test_stored_recommenders_that_only_serve_read_no_rating(ratings, ids, fingerprint):
    fit = refreshed(ratings, ids, fingerprint, decision="score", stored_quality=0.3)
    assert what_became(fit) == ("scored", 0.3, None, None)
    (row,) = fit.select(["model_name", "dataset", "champion", "item_algorithm"]).to_pylist()
    assert tuple(row.values()) == (None, "shop", "svd", None)


def test_the_first_recommenders_serve(ratings, ids, fingerprint):
    decision = {"decision": "search", "trigger": "first", "stored_quality": None}
    fit = refreshed(ratings, ids, fingerprint, **decision)
    roles = fit.select(["champion", "item_algorithm", "factor_algorithm"]).to_pylist()
    assert {tuple(row.values()) for row in roles} == {("item_neighbours", "item_neighbours", None)}
    champion = fit.filter(pc.equal(fit["model_name"], "item_neighbours")).to_pylist()[0]
    assert what_became(fit) == ("first", champion["ndcg"], None, None)
    # Whatever the order in which users are read, numbers stand for ids in the order of the ids.
    direct = fitted(ratings, ids, fingerprint, ["item_neighbours"])["item_neighbours"]
    assert champion["weights"] == direct["weights"]


def test_what_serves_is_marked_with_the_parts_of_a_blend_and_who_predicts_ratings(
    ratings, ids, fingerprint
):
    fit = refreshed(
        ratings,
        ids,
        fingerprint,
        algorithms=[*PARTS, "ease", "svd", "user_knn", "blend"],
        decision="search",
        trigger="first",
        stored_quality=None,
    )
    rows = {row["model_name"]: row for row in fit.to_pylist()}
    roles = rows["svd"]
    assert (
        roles["champion"]
        == max(
            (row for row in rows.values() if row["ndcg"] is not None), key=lambda row: row["ndcg"]
        )["model_name"]
    )
    assert roles["rating_algorithm"] == "svd"
    parts = set(PARTS) if roles["champion"] == "blend" else set()
    assert {name for name, row in rows.items() if row["is_served"]} == {
        roles["champion"],
        roles["item_algorithm"],
        "svd",
        *parts,
    }
    assert roles["item_algorithm"] in ("item_neighbours", "ease")


@pytest.mark.parametrize(
    ("loss", "allowed", "outcome"),
    [(0.0099, 0.01, "replaced"), (0.0101, 0.01, "kept"), (0.0, 0.0, "replaced")],
)
def test_recommenders_that_are_much_worse_do_not_serve(
    ratings, ids, fingerprint, loss, allowed, outcome
):
    first = {"decision": "search", "trigger": "first", "stored_quality": None}
    now = what_became(refreshed(ratings, ids, fingerprint, **first))[1]
    before = now + loss
    decision = {"decision": "search", "stored_quality": before, "max_quality_loss": allowed}
    fit = refreshed(ratings, ids, fingerprint, **decision)
    serves = before if outcome == "kept" else now
    assert what_became(fit) == (outcome, serves, now, None)
    assert (fit["model_name"].to_pylist() == [None]) == (outcome == "kept")
    assert set(fit["champion"].to_pylist()) == {"svd" if outcome == "kept" else "item_neighbours"}


def test_what_rules_out_all_recommenders_is_said(ratings, ids, fingerprint):
    decision = {"decision": "refit", "stored_quality": 0.3, "max_quality_loss": 1.0}
    fit = refreshed(ratings, ids, fingerprint, skipped=TOO_LARGE, **decision)
    problem = "shop: no recommender can be fitted: too large"
    assert what_became(fit) == ("kept", 0.3, None, problem)


def test_a_first_night_without_any_recommender_says_what_ruled_them_out(ratings, ids, fingerprint):
    decision = {"decision": "search", "trigger": "first", "stored_quality": None}
    fit = refreshed(ratings, ids, fingerprint, TOO_LARGE, **decision)
    problem = "shop: no recommender can be fitted: too large"
    assert what_became(fit) == ("first", None, None, problem)


def test_recommenders_of_unknown_quality_are_replaced_by_none(ratings, ids, fingerprint):
    decision = {"decision": "refit", "stored_quality": None, "max_quality_loss": 0.01}
    fit = refreshed(ratings, ids, fingerprint, skipped=TOO_LARGE, **decision)
    problem = "shop: no recommender can be fitted: too large"
    assert what_became(fit) == ("replaced", None, None, problem)
    assert fit["model_name"].to_pylist() == ["popularity_count"]


def test_ratings_that_nothing_learns_from_stay_where_they_are(ratings, ids, fingerprint):
    decision = {"decision": "search", "trigger": "first", "stored_quality": None}
    told = {**decision, "unreadable": "ratings"}
    fit = refreshed(ratings, ids, fingerprint, skipped=TOO_LARGE, **told)
    assert fit["model_name"].to_pylist() == ["popularity_count"]
    with pytest.raises(duckdb.Error, match="ratings are read"):
        refreshed(ratings, ids, fingerprint, **told)
