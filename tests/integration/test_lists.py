"""Lists by segment and to buy again, and their figures, computed once more in Python."""

import duckdb
import numpy as np
import pandas as pd
import pytest


def frame(warehouse, sql: str) -> pd.DataFrame:
    with duckdb.connect(warehouse.build, read_only=True) as connection:
        return connection.execute(sql).df()


@pytest.fixture(scope="module")
def metrics(sample_build) -> pd.DataFrame:
    rows = frame(sample_build, "from recommendations.list_metrics where dataset = 'ecommerce'")
    return rows.set_index(["list_name", "method", "metric", "k"]).sort_index()


def test_segments_over_time_end_with_those_of_today(sample_build):
    days = frame(
        sample_build,
        "from scoring.segment_assignments_over_time order by customer_id, as_of_date",
    )
    today = frame(
        sample_build,
        "from scoring.segment_assignments where dataset = 'ecommerce' order by customer_id",
    )
    last = days[days["as_of_date"] == days["as_of_date"].max()]
    assert last["customer_id"].tolist() == today["customer_id"].tolist()
    assert last["segment_id"].tolist() == today["segment_id"].tolist()
    assert days["as_of_date"].nunique() == 13
    # Segments are partly made of how long ago somebody bought.
    moved = days.groupby("customer_id")["segment_id"].agg(lambda ids: len(set(ids)) > 1)
    assert moved.mean() > 0.5


def test_every_segment_has_a_list_of_what_is_sold_and_bought_by_it_more_than_by_others(
    sample_build,
):
    listed = frame(sample_build, "from segmentation.segment_product_recommendations")
    segments = frame(
        sample_build, "select segment_id from segmentation.segments where dataset = 'ecommerce'"
    )
    last_day = frame(sample_build, "select max(rated_at) from datasets.ecommerce_interactions")
    assert set(listed["segment_id"]) == set(segments["segment_id"])
    assert listed["lift"].min() >= 1
    assert (last_day.iloc[0, 0] - listed["last_sold_on"]).max() < pd.Timedelta(days=14)


def test_the_hits_of_the_last_bought_products_are_those_of_python(sample_build, metrics):
    bought = frame(
        sample_build,
        "select user_id, product_id, rated_at as day, sent_back_at"
        " from datasets.ecommerce_interactions",
    )
    cut_off = frame(
        sample_build,
        "select starts_on from features.recommendation_folds"
        " where dataset = 'ecommerce' and fold = 'holdout'",
    ).iloc[0, 0]
    is_back = bought["sent_back_at"] < cut_off
    known = bought[(bought["day"] < cut_off) & ~is_back]
    then = bought[(bought["day"] >= cut_off) & bought["sent_back_at"].isna()]
    assert (bought["day"] < cut_off).sum() > len(known)
    pairs = known.groupby(["user_id", "product_id"])["day"].agg(["max", "size"]).reset_index()
    judged = sorted(pairs.loc[pairs["size"] > 1, "user_id"].unique())
    lately = pairs.groupby("product_id")["max"].max() >= cut_off - pd.Timedelta(days=30)
    listed = (
        pairs[pairs["product_id"].map(lately)]
        .sort_values(["user_id", "max", "size", "product_id"], ascending=[True, False, False, True])
        .groupby("user_id")
        .head(5)
    )
    hits = set(listed.merge(then, on=["user_id", "product_id"])["user_id"])
    found = metrics.loc[("buy_again", "last_bought", "hit_rate", 5)]
    assert found["users"] == len(judged) > 100
    assert found["value"] == pytest.approx(np.mean([user in hits for user in judged]), abs=1e-9)


@pytest.mark.parametrize(
    ("list_name", "hits"),
    [("buy_again", "buy_again_hits"), ("segment_products", "segment_list_hits")],
)
def test_figures_differences_and_intervals_are_those_of_python(
    sample_build, metrics, list_name, hits
):
    cases = frame(sample_build, f"from evaluation.{hits}")
    k = 10
    places = cases["places"].map(lambda places: places[places <= k])
    cases["hit_rate"] = (places.map(len) > 0).astype(float)
    cases["precision"] = places.map(len) / k
    if "relevant" in cases:
        gains = 1 / np.log2(np.arange(2, k + 2))
        ideal = np.cumsum(gains)[np.minimum(cases["relevant"], k) - 1]
        cases["ndcg"] = places.map(lambda places: gains[places - 1].sum()) / ideal
    kinds = [metric for metric in ("hit_rate", "precision", "ndcg") if metric in cases]
    served = cases[cases["method"] == list_name].set_index("user_id")[kinds]
    assert cases["method"].nunique() >= 3
    for method, rows in cases.groupby("method"):
        figures = rows.set_index("user_id")[kinds]
        better = served.loc[figures.index] - figures
        for metric in kinds:
            found = metrics.loc[(list_name, method, metric, k)]
            assert found["users"] == len(figures)
            for values, names in (
                (figures[metric], ("value", "ci_low", "ci_high")),
                (better[metric], ("served_is_better_by", "better_by_low", "better_by_high")),
            ):
                half = 1.96 * values.std() / np.sqrt(len(values))
                expected = [values.mean(), values.mean() - half, values.mean() + half]
                assert found[list(names)].tolist() == pytest.approx(expected, abs=2e-9)
            assert found["is_served"] == (method == list_name)


def test_habits_come_first_and_what_is_listed_was_bought_before(sample_build):
    listed = frame(sample_build, "from recommendations.buy_again order by user_id, rank")
    known = frame(
        sample_build,
        "select user_id, product_id, count(*) as days from datasets.ecommerce_interactions"
        " where rating = 1 group by all",
    )
    both = listed.merge(known, on=["user_id", "product_id"], how="left")
    assert (both["days"] == both["orders"]).all()
    is_habit = (listed["orders"] > 1) & (
        listed["median_gap_days"].round() - listed["due_in_days"] <= 5 * listed["median_gap_days"]
    )
    falls = is_habit.groupby(listed["user_id"]).apply(lambda flags: flags.is_monotonic_decreasing)
    assert falls.all()
    assert 0 < is_habit.mean() < 1
