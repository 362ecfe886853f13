import json
import re

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, Warehouse, needs_real_data

from models_py.recommendations import rankers
from models_py.recommendations.evaluation import (
    ndcg_and_coverage,
    rated_item_metrics,
    top_unseen,
)
from models_py.recommendations.rankers import Factors, Weights
from models_py.recommendations.ratings import Fold, split_folds

SCORED_IN_SQL = {
    "ratings": [
        *("item_neighbours", "ease", "user_neighbours", "svd", "implicit_als", "rp3beta", "blend"),
    ],
    "ecommerce": ["item_neighbours", "implicit_als", "blend"],
}
FOLDS = {"ratings": ["validation", "holdout"], "ecommerce": ["validation_1", "holdout"]}
RELEVANT = {"ratings": 3.5, "ecommerce": 1}


def frame(warehouse, sql: str) -> pd.DataFrame:
    with duckdb.connect(warehouse.build, read_only=True) as connection:
        return connection.execute(sql).df()


@pytest.fixture(scope="module")
def folds(sample_build) -> dict[str, dict[str, Fold]]:
    """Return the folds of every data set."""
    found = {}
    for dataset in SCORED_IN_SQL:
        where = f"where dataset = '{dataset}'"
        ratings = frame(sample_build, f"from training.numbered_ratings {where}")
        dated = frame(
            sample_build,
            "select *, starts_on - date '1970-01-01' as first_day"
            f" from features.recommendation_folds {where}",
        )
        found[dataset] = {fold.name: fold for fold in split_folds(ratings, dated)}
    return found


@pytest.fixture(scope="module")
def numbers(sample_build) -> dict[str, dict[str, pd.Series]]:
    """Return the number of every id of a data set, as Python's rankers count them."""
    ids = {
        (dataset, entity): frame(
            sample_build,
            f"from features.kept_{entity}s where dataset = '{dataset}' order by {entity}_id",
        )[f"{entity}_id"]
        for dataset in SCORED_IN_SQL
        for entity in ("user", "product")
    }
    return {
        dataset: {
            entity: pd.Series(range(len(rows)), index=rows)
            for (of, entity), rows in ids.items()
            if of == dataset
        }
        for dataset in SCORED_IN_SQL
    }


def params_of(warehouse, dataset: str, algorithm: str) -> dict:
    where = f"where model_name = '{algorithm}' and dataset = '{dataset}'"
    stored = frame(warehouse, f"select params from training.fit_recommenders {where}")
    return json.loads(stored["params"].iloc[0])


def factors_of(fold: Fold, params: dict, recent_days=14, active_days=30) -> np.ndarray:
    """Return by what the scores of products are multiplied, by hand."""
    history = fold.history.groupby("product_number")["age"]
    users = history.size().reindex(range(fold.n_products), fill_value=0).to_numpy()
    if history.min().isna().all():
        return np.ones(fold.n_products)
    recent = history.apply(lambda age: (age <= recent_days).sum())
    recent = recent.reindex(range(fold.n_products), fill_value=0).to_numpy()
    is_active = history.min().reindex(range(fold.n_products)) <= active_days
    trend = recent ** params["recent_power"] / np.maximum(users, 1) ** params["popularity_penalty"]
    return trend * is_active.to_numpy()


def scores_of(warehouse, numbers, dataset: str, algorithm: str, fold: Fold) -> np.ndarray:
    """Return the scores of all products for all users, -inf where nothing is recommended."""
    if algorithm == "blend":
        return blended(warehouse, numbers, dataset, fold)
    stored = learned(warehouse, numbers, dataset, algorithm, fold)
    scores = rankers.score(algorithm, stored, fold.rated())
    factors = factors_of(fold, params_of(warehouse, dataset, algorithm))
    with np.errstate(invalid="ignore"):
        scores = np.where(np.isneginf(scores), scores, scores * factors)
    scores[:, factors == 0] = -np.inf
    return scores


def blended(warehouse, numbers, dataset: str, fold: Fold) -> np.ndarray:
    """Return the sum of the parts' hundred best, each list divided by its norm."""
    total = np.zeros((fold.n_users, fold.n_products))
    for part, weight in params_of(warehouse, dataset, "blend").items():
        scores = scores_of(warehouse, numbers, dataset, part, fold)
        top = top_unseen(scores, fold.rated(), 100)
        own = np.take_along_axis(scores, np.maximum(top, 0), axis=1).round(9)
        own[(top < 0) | (own <= 0)] = 0
        norms = np.sqrt((own**2).sum(axis=1, keepdims=True))
        users = np.arange(fold.n_users)[:, None]
        np.add.at(total, (users, np.maximum(top, 0)), weight * own / np.maximum(norms, 1e-12))
    return np.where(total > 0, total, -np.inf)


def learned(warehouse, numbers, dataset: str, algorithm: str, fold: Fold) -> Weights | Factors:
    """Return what the warehouse stores of an algorithm as Python's reference takes it."""
    where = f"where algorithm = '{algorithm}' and fold = '{fold.name}' and dataset = '{dataset}'"
    if algorithm in ("svd", "implicit_als"):
        rows = frame(warehouse, f"from training.fitted_factors {where} order by entity, entity_id")
        vectors = {entity: np.stack(part["factors"]) for entity, part in rows.groupby("entity")}
        return Factors(vectors["user"], vectors["product"])
    of = numbers[dataset]["user" if algorithm == "user_neighbours" else "product"]
    rows = frame(
        warehouse,
        f"""
        select
            entity_id,
            list(neighbour_id order by weight desc, neighbour_id) as neighbours,
            list(weight order by weight desc, neighbour_id) as strengths
        from training.fitted_weights
        {where}
        group by all
        """,
    )
    width = rows["neighbours"].map(len).max()
    neighbours, strengths = np.full((len(of), width), -1), np.zeros((len(of), width))
    for row in rows.itertuples():
        neighbours[of[row.entity_id], : len(row.neighbours)] = of[row.neighbours]
        strengths[of[row.entity_id], : len(row.strengths)] = row.strengths
    return Weights(neighbours, strengths)


@pytest.mark.parametrize(
    ("dataset", "algorithm", "fold_name"),
    [
        *(("ratings", "user_neighbours", fold) for fold in ("validation", "serving")),
        *(("ratings", "item_neighbours", fold) for fold in ("validation", "serving")),
        ("ecommerce", "item_neighbours", "holdout"),
    ],
)
def test_stored_neighbour_weights_equal_the_formula(
    sample_build, folds, numbers, dataset, algorithm, fold_name
):
    """Of every pair, in plain matrices: no stored weight is wrong, and no larger one is missing."""
    params = params_of(sample_build, dataset, algorithm)
    fold = folds[dataset][fold_name]
    rated = fold.rated().toarray()
    rated = rated if algorithm == "user_neighbours" else rated.T
    common, sizes = rated @ rated.T, rated.sum(axis=1)
    norms = np.sqrt(np.outer(sizes, sizes)) + params["shrinkage"]
    expected = np.divide(common, norms, where=norms > 0, out=np.zeros_like(norms))
    expected **= params["power"]
    np.fill_diagonal(expected, 0)
    found = learned(sample_build, numbers, dataset, algorithm, fold).matrix().toarray()
    kept = found > 0
    assert np.abs(found - expected)[kept].max() < 1e-9
    n_positive = (expected > 1e-9).sum(axis=1)
    assert (kept.sum(axis=1) == np.minimum(params["neighbours"], n_positive)).all()
    least = np.where(kept, found, np.inf).min(axis=1)
    assert (np.where(kept, 0, expected) <= least[:, None] + 1e-9).all()


@pytest.mark.parametrize(
    ("dataset", "fold_name", "algorithm"),
    [
        (dataset, fold, algorithm)
        for dataset, algorithms in SCORED_IN_SQL.items()
        for fold in FOLDS[dataset]
        for algorithm in algorithms
    ],
)
def test_scores_in_sql_equal_python(sample_build, folds, numbers, dataset, fold_name, algorithm):
    fold = folds[dataset][fold_name]
    scores = scores_of(sample_build, numbers, dataset, algorithm, fold)
    top = top_unseen(scores, fold.rated(), 20)
    found = frame(
        sample_build,
        f"""
        from scoring.product_rankings
        where
            dataset = '{dataset}' and algorithm = '{algorithm}' and fold = '{fold_name}'
            and rank <= 20
        order by user_id, rank
        """,
    )
    users = numbers[dataset]["user"][found["user_id"]].to_numpy()
    products = numbers[dataset]["product"][found["product_id"]].to_numpy()
    ranked = top[fold.judged]
    assert products.tolist() == [product for row in ranked for product in row[row >= 0]]
    assert np.abs(found["score"] - scores[users, products]).max() < 2e-9


@pytest.mark.parametrize("dataset", SCORED_IN_SQL)
def test_champions_are_chosen_by_figures_that_sql_confirms(sample_build, dataset):
    """The fit's own NDCG and coverage on validation are those that the evaluation reports."""
    figures = frame(
        sample_build,
        f"""
        with measured as (
            from recommendations.recommender_metrics
            where
                dataset = '{dataset}' and protocol = 'full_catalogue'
                and evaluated_on = 'validation' and k = 10
        )

        select
            fits.model_name,
            fits.ndcg,
            fits.coverage,
            max(measured.value) filter (where measured.metric = 'ndcg') as ndcg_in_sql,
            max(measured.value) filter (where measured.metric = 'coverage') as coverage_in_sql
        from training.fit_recommenders as fits
        inner join measured on fits.model_name = measured.algorithm
        where measured.is_servable and fits.dataset = '{dataset}'
        group by all
        """,
    )
    assert sorted(figures["model_name"]) == sorted({*SCORED_IN_SQL[dataset]} - {"rp3beta"})
    assert np.abs(figures["ndcg"] - figures["ndcg_in_sql"]).max() < 1e-9
    assert np.abs(figures["coverage"] - figures["coverage_in_sql"]).max() < 1e-9
    enough = figures[figures["coverage_in_sql"] >= 0.2]
    best = (enough if len(enough) else figures).sort_values("ndcg_in_sql")["model_name"].iloc[-1]
    assert sample_build.query(
        f"select algorithm from models.recommender_champion where dataset = '{dataset}'"
    ) == [(best,)]


@pytest.mark.parametrize(
    ("dataset", "algorithm"),
    [
        *(("ratings", each) for each in (*SCORED_IN_SQL["ratings"], "user_knn", "random")),
        *(("ecommerce", each) for each in ("item_neighbours", "popularity_recent")),
    ],
)
def test_ranking_figures_in_sql_equal_python(sample_build, folds, numbers, dataset, algorithm):
    fold = folds[dataset]["holdout"]
    is_scored = algorithm in SCORED_IN_SQL[dataset]
    table = "scoring.product_rankings" if is_scored else "evaluation.baseline_rankings"
    of_it = f"where algorithm = '{algorithm}' and dataset = '{dataset}'"
    rankings = frame(sample_build, f"from {table} {of_it} and fold = 'holdout' and rank <= 20")
    top = np.full((fold.n_users, 20), -1)
    users = numbers[dataset]["user"][rankings["user_id"]].to_numpy()
    top[users, rankings["rank"] - 1] = numbers[dataset]["product"][rankings["product_id"]]
    metrics = dict(
        sample_build.query(
            f"""
            select metric, value from recommendations.recommender_metrics
            {of_it} and protocol = 'full_catalogue' and evaluated_on = 'holdout' and k = 10
            """
        )
    )
    ndcg, coverage = ndcg_and_coverage(top, fold.relevant(RELEVANT[dataset]), 10)
    assert metrics["ndcg"] == pytest.approx(ndcg, abs=1e-9)
    assert metrics["coverage"] == pytest.approx(coverage, abs=1e-9)
    exposure = np.sort(np.bincount(top[:, :10][top[:, :10] >= 0], minlength=fold.n_products))
    places = 2 * np.arange(1, fold.n_products + 1) - fold.n_products - 1
    gini = (places * exposure).sum() / (fold.n_products * exposure.sum())
    assert metrics["gini"] == pytest.approx(gini, abs=1e-9)


@pytest.mark.parametrize("algorithm", ["user_knn", "svd", "constant", "popularity_shrunken"])
def test_estimate_figures_in_sql_equal_python(sample_build, algorithm):
    estimates = frame(
        sample_build,
        f"from evaluation.rating_estimates where algorithm = '{algorithm}' and fold = 'holdout'",
    )
    names = {"user_id": "user_number", "product_id": "product_number"}
    estimates = estimates.rename(columns=names)
    metrics = dict(
        sample_build.query(
            f"""
            select metric, value from recommendations.recommender_metrics
            where dataset = 'ratings' and algorithm = '{algorithm}' and protocol = 'rated_items'
                and evaluated_on = 'holdout' and k in (0, 10)
            """
        )
    )
    assert metrics == pytest.approx(rated_item_metrics(estimates, 10, 3.5), abs=1e-9)


def likeness_of(weights: Weights, top: np.ndarray) -> np.ndarray:
    """Return how much the ten first products above each place of the lists speak for it."""
    speaks = np.maximum(weights.matrix().toarray(), 0)
    likeness = np.zeros(top.shape)
    for place in range(10):
        below = speaks[top[:, place + 1 :], top[:, [place]]]
        likeness[:, place + 1 :] += np.where(top[:, [place]] >= 0, below, 0)
    return likeness.round(9)


@pytest.mark.parametrize("dataset", SCORED_IN_SQL)
def test_served_lists_are_those_of_the_champion_after_the_steps_on_variety(
    sample_build, folds, numbers, dataset
):
    fold = folds[dataset]["serving"]
    (roles,) = frame(
        sample_build, f"from models.recommender_champion where dataset = '{dataset}'"
    ).itertuples()
    ((power,),) = sample_build.query(
        f"""
        select diversity from recommendations.recommender_diversity
        where dataset = '{dataset}' and is_chosen and evaluated_on = 'serving'
        """
    )
    known = np.diff(fold.rated().indptr)
    top, scores = np.full((fold.n_users, 100), -1), np.zeros((fold.n_users, 100))
    for algorithm, chosen in (
        (roles.algorithm, known >= 5),
        (roles.item_algorithm, (known > 0) & (known < 5)),
    ):
        of_all = scores_of(sample_build, numbers, dataset, algorithm, fold)
        best = top_unseen(of_all, fold.rated(), 100)
        top[chosen] = best[chosen]
        scores[chosen] = np.take_along_axis(of_all, np.maximum(best, 0), axis=1)[chosen].round(9)
    # Of what is no part of a blend there are no more places than are judged.
    top[known < 5, 20:] = -1
    first = top[:, :10]
    shown = np.bincount(first[first >= 0], minlength=fold.n_products)
    times_the_mean = shown * fold.n_products / shown.sum()
    likeness = likeness_of(learned(sample_build, numbers, dataset, roles.item_algorithm, fold), top)
    shared = (1 + times_the_mean[np.maximum(top, 0)]) ** power
    scores = (scores / (shared * (1 + likeness) ** 0.5)).round(9)
    assert (likeness > 0).mean() > 0.1
    scores[top < 0] = -np.inf
    order = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    expected = np.take_along_axis(top, order, axis=1)
    served = sample_build.query(
        f"""
        select user_id, list(product_id order by rank)
        from recommendations.product_recommendations
        where dataset = '{dataset}' and source != 'popular' group by user_id order by user_id
        """
    )
    users, products = numbers[dataset]["user"], numbers[dataset]["product"]
    is_served = (expected >= 0).any(axis=1)
    assert [user_id for user_id, _ in served] == list(users.index[is_served])
    for (_, product_ids), chosen in zip(served, expected[is_served], strict=True):
        assert product_ids == list(products.index[chosen[chosen >= 0]])


@pytest.mark.parametrize("dataset", SCORED_IN_SQL)
def test_the_curve_of_diversity_chooses_the_least_that_covers_enough_and_tells_how_good_that_is(
    sample_build, dataset
):
    curve = frame(
        sample_build,
        f"""
        from recommendations.recommender_diversity where dataset = '{dataset}' order by diversity
        """,
    )
    served = curve[curve["evaluated_on"] == "serving"]
    (chosen,) = served.loc[served["is_chosen"], "diversity"]
    enough = served.loc[served["coverage"] >= 0.2, "diversity"]
    assert chosen == (enough.min() if len(enough) else served["diversity"].max())
    assert served["coverage"].iloc[-1] > served["coverage"].iloc[0]
    covered = sample_build.query(
        f"""
        select count(distinct product_id) / (
            select count(*) from features.kept_products where dataset = '{dataset}'
        )
        from recommendations.product_recommendations
        where dataset = '{dataset}' and source != 'popular'
        """,
        working=True,
    )
    assert covered[0][0] == pytest.approx(served.loc[served["is_chosen"], "coverage"].iloc[0])
    for part in ("validation", "holdout"):
        figures = dict(
            sample_build.query(
                f"""
                select metric, value from recommendations.recommender_metrics
                where dataset = '{dataset}' and algorithm = 'as_served' and evaluated_on = '{part}'
                    and k = 10
                """
            )
        )
        (row,) = curve[(curve["evaluated_on"] == part) & curve["is_chosen"]].itertuples()
        assert row.ndcg == pytest.approx(figures["ndcg"], abs=1e-9)
        assert row.coverage == pytest.approx(figures["coverage"], abs=1e-9)


def test_predicted_ratings_are_those_of_svd(sample_build, folds, numbers):
    vectors = learned(sample_build, numbers, "ratings", "svd", folds["ratings"]["serving"])
    served = frame(sample_build, "from recommendations.product_recommendations")
    assert served.loc[served["dataset"] == "ecommerce", "predicted_rating"].isna().all()
    served = served[served["dataset"] == "ratings"]
    users = numbers["ratings"]["user"][served["user_id"]].to_numpy()
    products = numbers["ratings"]["product"][served["product_id"]].to_numpy()
    expected = (vectors.users[users] * vectors.products[products]).sum(axis=1).clip(1, 5)
    assert np.abs(served["predicted_rating"] - expected).max() < 2e-9


@pytest.mark.parametrize("dataset", SCORED_IN_SQL)
def test_similarity_is_the_cosine_of_users(sample_build, folds, numbers, dataset):
    rated = folds[dataset]["serving"].rated()
    common = (rated.T @ rated).toarray()
    listed = frame(
        sample_build, f"from recommendations.similar_products where dataset = '{dataset}'"
    )
    own, other = (
        numbers[dataset]["product"][listed[column]].to_numpy()
        for column in ("product_id", "similar_product_id")
    )
    sizes = common.diagonal()
    assert listed["common_users"].tolist() == common[own, other].tolist()
    expected = common[own, other] / np.sqrt(sizes[own] * sizes[other])
    assert np.abs(listed["similarity"] - expected).max() < 1e-9
    assert (listed.loc[listed["algorithm"] != "popularity_count", "similarity"] > 0).mean() > 0.9


@pytest.mark.parametrize("algorithm", ["item_neighbours", "popularity_count"])
def test_intervals_are_as_wide_as_the_spread_over_users(sample_build, algorithm):
    """A mean over users spreads by s / sqrt(n): the bootstrap is to find nearly the same."""
    half_width, n_users, spread = sample_build.query(
        f"""
        select
            any_value(metrics.ci_high) - any_value(metrics.value),
            count(*),
            stddev_samp(users.ndcg)
        from recommendations.recommender_metrics as metrics
        inner join evaluation.ranking_user_metrics as users
            on
                metrics.dataset = users.dataset
                and metrics.algorithm = users.algorithm
                and metrics.evaluated_on = users.fold
                and metrics.k = users.k
        where
            metrics.dataset = 'ratings' and metrics.algorithm = '{algorithm}'
            and metrics.evaluated_on = 'holdout' and metrics.metric = 'ndcg' and metrics.k = 10
        """,
        working=True,
    )[0]
    assert half_width == pytest.approx(1.96 * spread / np.sqrt(n_users), rel=0.25)


def test_every_figure_is_known_and_those_of_single_users_have_an_interval(sample_build):
    wrong = sample_build.query(
        """
        select * from recommendations.recommender_metrics
        where isnan(value) or ci_low < 0 or (is_servable and value > 0 and ci_low = ci_high)
        """
    )
    assert wrong == []


def test_a_reason_names_a_rated_product_with_its_rating(sample_build):
    wrong = frame(
        sample_build,
        r"""
        with reasons as (
            select
                user_id,
                regexp_extract(reason, 'because of (.+), which you rated (.+)', [
                    'product_id', 'rating'
                ]) as said
            from recommendations.product_recommendations
            where reason like 'because of%' and dataset = 'ratings'
        ),

        said as (
            select user_id, said.product_id, said.rating::double as rating from reasons
        )

        select * from said
        anti join features.kept_ratings using (user_id, product_id, rating)
        """,
    )
    assert len(wrong) == 0


def test_no_reason_names_a_product_that_was_not_liked(sample_build):
    reasons = sample_build.query(
        """
        select dataset, count(*), min(rating) from recommendations.product_recommendations
        inner join features.kept_ratings using (dataset, user_id)
        where reason = case dataset
            when 'ratings' then
                'because of ' || kept_ratings.product_id || ', which you rated ' || rating::integer
            else 'because you bought ' || kept_ratings.product_name
        end
        group by dataset order by dataset
        """,
        working=True,
    )
    (_, of_purchases, _), (_, of_ratings, least) = reasons
    assert of_purchases > 1000
    assert of_ratings > 1000
    assert least >= 3.5


def test_customers_are_shown_what_is_still_sold(sample_build):
    assert sample_build.query(
        """
        with last_sold as (
            select product_id, max(rated_at) as day
            from datasets.ecommerce_interactions group by product_id
        )

        select count(*) from recommendations.product_recommendations
        inner join last_sold using (product_id)
        where dataset = 'ecommerce' and day < (select max(day) from last_sold) - interval 30 days
        """,
        working=True,
    ) == [(0,)]


@needs_real_data
def test_everybody_is_served_from_the_real_files(real_build):
    assert real_build.query(
        """
        select dataset, count(*), count(distinct user_id), min(rank), max(rank)
        from recommendations.product_recommendations group by dataset order by dataset
        """
    ) == [("ecommerce", 43340, 4334, 1, 10), ("ratings", 15400, 1540, 1, 10)]
    assert real_build.query(
        """
        select count(*), count(distinct product_id) from recommendations.similar_products
        where dataset = 'ratings'
        """
    ) == [(56890, 5689)]


@pytest.mark.parametrize("dataset", SCORED_IN_SQL)
def test_recommendations_beat_popularity(sample_build, dataset):
    beats_popularity(sample_build, dataset)


def test_real_recommendations_beat_popularity(real_build):
    assert beats_popularity(real_build, "ratings") >= 0.04
    assert beats_popularity(real_build, "ecommerce", 5) >= 0.15


def beats_popularity(warehouse: Warehouse, dataset: str, k: int = 10) -> float:
    """Assert that what serves does so beyond its interval; return its NDCG on the holdout."""
    figures = warehouse.query(
        f"""
        select is_champion, value, ci_low, ci_high from recommendations.recommender_metrics
        where dataset = '{dataset}' and protocol = 'full_catalogue' and evaluated_on = 'holdout'
            and metric = 'ndcg' and k = {k}
            and (is_champion or algorithm = 'popularity_count')
        order by is_champion
        """
    )
    (_, popularity, *_), (is_champion, champion, ci_low, _) = figures
    assert is_champion
    assert ci_low > popularity
    return champion


@pytest.mark.parametrize("dataset", ["ratings", "ecommerce"])
def test_somebody_new_is_served_from_what_is_published(sample_build, folds, numbers, dataset):
    """The published query gives somebody with a known history what the scorer gives them."""
    fold, products = folds[dataset]["serving"], numbers[dataset]["product"].index
    champions = frame(sample_build, f"from models.recommender_champion where dataset = '{dataset}'")
    algorithm = champions["item_algorithm"].iloc[0]
    scores = scores_of(sample_build, numbers, dataset, algorithm, fold)
    top = top_unseen(scores, fold.rated(), 10)
    text = (ROOT / "analyses/recommendations/recommend_to_somebody_new.sql").read_text()
    for user in (0, 500):
        known = fold.history.loc[fold.history["user_number"] == user, "product_number"]
        named = f"select '{dataset}' as dataset, unnest({list(products[known])}) as product_id"
        query, replaced = re.subn(
            r"(?s)(?<=with known as \().*?(?=\n\),)", lambda _, named=named: f"\n{named}", text
        )
        assert replaced == 1
        found = [product_id for of, _, product_id, *_ in sample_build.query(query) if of == dataset]
        assert found == list(products[top[user][top[user] >= 0]]) != []
