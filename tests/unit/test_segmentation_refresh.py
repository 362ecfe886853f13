"""Which segments serve: each data set is decided, fitted and refused by itself."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from test_segmentation import META

from models_py.errors import CannotFitError
from models_py.segmentation.refresh import FITTED, customers_of, refresh_segments

FEATURES = ["spend", "visits"]
NOTHING = pa.table({name: pa.array([], pa.string()) for name in ("model_run_id", "dataset")})


def values(seed: int = 3, n: int = 90) -> pa.Table:
    """Return the features of three groups of customers, as rows in no order."""
    random = np.random.default_rng(seed)
    centres = np.array([[1.0, 0.0], [9.0, 9.0], [1.0, 20.0]])[np.arange(n) % 3]
    frame = pd.DataFrame(centres + random.normal(0, 0.2, (n, 2)), columns=FEATURES).abs()
    frame["customer_id"] = [f"c{at:03}" for at in range(n)]
    rows = frame.melt("customer_id", var_name="feature", value_name="number_value")
    return pa.Table.from_pandas(rows.sample(frac=1, random_state=1), preserve_index=False)


def specs(known=("spend", "visits", "age"), **meta: dict) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "dataset": dataset,
            "spec": json.dumps({**META, "max_clusters": 4, "dataset": dataset, **changes}),
            "known_features": list(known),
        }
        for dataset, changes in meta.items()
    )


def decisions(**decided: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"dataset": name, "decision": each, "stored_quality": 0.5, "max_quality_loss": 0.1}
        for name, each in decided.items()
    )


def no_values(dataset: str) -> pa.Table:
    raise AssertionError(f"{dataset} is read on a night that only scores")


@pytest.fixture(scope="module")
def stored() -> pa.Table:
    return refresh_segments(
        lambda dataset: values(3 if dataset == "one" else 4),
        specs(two={}, one={}),
        decisions(one="search", two="search"),
        NOTHING,
    )


def summary(fits: pa.Table) -> list[tuple]:
    return list(
        zip(*(fits[name].to_pylist() for name in ("dataset", "outcome", "quality")), strict=True)
    )


def test_every_data_set_is_fitted_by_itself_on_its_own_customers(stored):
    assert stored.schema.names == FITTED.names
    assert stored["dataset"].to_pylist() == ["one", "two"]
    assert stored["outcome"].to_pylist() == ["first", "first"]
    assert stored["n_rows"].to_pylist() == [90, 90]
    one, two = stored["centroids"].to_pylist()
    assert len(one) == len(two) == 3
    assert one != two


def test_features_are_read_by_name_whatever_the_order_of_rows():
    frame = customers_of(values(), "shop")
    assert sorted(frame.columns) == ["customer_id", *FEATURES]
    expected = values().to_pandas().set_index(["customer_id", "feature"])["number_value"]
    for row in frame.itertuples():
        assert row.spend == expected[row.customer_id, "spend"]
        assert row.visits == expected[row.customer_id, "visits"]


def test_a_night_that_scores_reads_no_customer(stored):
    fits = refresh_segments(
        no_values, specs(one={}, two={}), decisions(one="score", two="score"), stored
    )
    assert summary(fits) == [("one", "scored", 0.5), ("two", "scored", 0.5)]
    assert fits["model_run_id"].to_pylist() == stored["model_run_id"].to_pylist()


def test_one_data_set_is_refitted_while_the_other_only_scores(stored):
    read = []

    def some(dataset):
        read.append(dataset)
        return values(5)

    fits = refresh_segments(
        some, specs(one={}, two={}), decisions(one="score", two="refit"), stored
    )
    assert read == ["two"]
    assert fits["outcome"].to_pylist() == ["scored", "replaced"]
    before, after = stored["model_run_id"].to_pylist(), fits["model_run_id"].to_pylist()
    assert after[0] == before[0]
    assert after[1] != before[1]
    ids = [[each["segment_id"] for each in found] for found in fits["centroids"].to_pylist()]
    assert ids == [[1, 2, 3], [1, 2, 3]]


def test_a_stored_fit_of_a_data_set_that_is_off_is_nobodys(stored):
    fits = refresh_segments(no_values, specs(two={}), decisions(two="score"), stored)
    assert summary(fits) == [("two", "scored", 0.5)]


def test_a_data_set_that_cannot_be_fitted_is_a_row_and_leaves_the_other_alone(stored):
    fits = refresh_segments(
        lambda dataset: values().slice(0, 0),
        specs(new={}, one={}),
        decisions(new="search", one="refit"),
        stored,
    )
    assert fits.schema.names == FITTED.names
    assert [row[:2] for row in summary(fits)] == [("new", "impossible"), ("one", "kept")]
    assert fits["fit_problem"].to_pylist() == [
        "new: there is no customer to segment.",
        "one: there is no customer to segment.",
    ]


def test_no_customer_cannot_be_fitted():
    with pytest.raises(CannotFitError, match="shop: there is no customer to segment"):
        customers_of(values().slice(0, 0), "shop")


OTHER = {"features": ["age", "spend"], "log_features": []}


def with_age() -> pa.Table:
    rows = values().to_pandas()
    ages = rows[rows["feature"] == "visits"].assign(feature="age")
    return pa.Table.from_pandas(pd.concat([rows, ages]), preserve_index=False)


def test_stored_segments_of_other_features_go_on_with_their_own_when_the_new_ones_are_worse(stored):
    decided = decisions(one="refit").assign(stored_quality=5.0)
    fits = refresh_segments(lambda _: with_age(), specs(one=OTHER), decided, stored)
    assert fits["outcome"].to_pylist() == ["kept"]
    assert [each["feature"] for each in fits["features"].to_pylist()[0]] == FEATURES


def test_stored_segments_of_a_feature_that_is_gone_are_replaced_even_by_worse_ones(stored):
    decided = decisions(one="refit").assign(stored_quality=5.0)
    fits = refresh_segments(
        lambda _: with_age(), specs(known=("age", "spend"), one=OTHER), decided, stored
    )
    assert fits["outcome"].to_pylist() == ["replaced"]


def test_stored_segments_of_a_feature_that_is_gone_cannot_score(stored):
    fits = refresh_segments(
        no_values, specs(known=("age", "spend"), one=OTHER), decisions(one="score"), stored
    )
    assert fits["outcome"].to_pylist() == ["impossible"]
    assert fits["fit_problem"].to_pylist() == [
        "one: the stored segments need visits, which one_features has no more:"
        " find new ones with --vars 'training: search'"
    ]


def test_every_feature_that_is_gone_is_named(stored):
    fits = refresh_segments(
        no_values, specs(known=("age",), one=OTHER), decisions(one="score"), stored
    )
    assert fits["dataset"].to_pylist() == ["one"]
    assert fits.schema == FITTED
    assert (
        "the stored segments need spend, visits, which one_features has no more"
        in (fits["fit_problem"].to_pylist()[0])
    )


def test_where_no_new_segments_can_be_found_either_it_says_why(stored):
    fits = refresh_segments(
        lambda _: values().slice(0, 0),
        specs(known=("age", "spend"), one=OTHER),
        decisions(one="refit"),
        stored,
    )
    assert summary(fits) == [("one", "impossible", None)]
    assert fits["fit_problem"].to_pylist() == ["one: there is no customer to segment."]


def test_new_segments_go_on_from_the_stored_ones(stored):
    (row, _) = stored.to_pylist()
    centroids = [{**each, "segment_id": each["segment_id"] + 10} for each in row["centroids"]]
    before = pa.Table.from_pylist(
        [{**row, "centroids": centroids, "highest_segment_id": 13}], stored.schema
    )
    fits = refresh_segments(lambda _: values(5), specs(one={}), decisions(one="refit"), before)
    (ids,) = ([each["segment_id"] for each in found] for found in fits["centroids"].to_pylist())
    assert ids == [11, 12, 13]


@pytest.mark.parametrize(("decision", "segments"), [("refit", 2), ("search", 3)])
def test_only_a_search_asks_for_another_number_of_segments(decision, segments):
    def some(_):
        return values()

    two = refresh_segments(some, specs(one={"max_clusters": 2}), decisions(one="search"), NOTHING)
    fits = refresh_segments(some, specs(one={"keep_jaccard": 0.0}), decisions(one=decision), two)
    assert [len(found) for found in fits["centroids"].to_pylist()] == [segments]
