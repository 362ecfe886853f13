import numpy as np
import pandas as pd
import pytest
from segmentation_sample import META
from sklearn.datasets import make_blobs

from models_py.errors import CannotFitError
from models_py.segmentation.fit import fit_segmentation


@pytest.fixture
def customers() -> pd.DataFrame:
    """Four well separated groups of 60, the fourth spending most."""
    centres = [[1, 0], [1, 8], [5, 0], [9, 8]]
    points, _ = make_blobs([60] * 4, centers=np.array(centres), cluster_std=0.4, random_state=3)
    frame = pd.DataFrame({"spend": np.exp(points[:, 0]), "visits": points[:, 1]})
    return frame.assign(customer_id=[f"c{at:03}" for at in range(len(frame))])


def fitted(frame, **changes) -> dict:
    return fit_segmentation(frame, {**META, **changes}).to_pylist()[0]


def refitted(frame, stored, *, is_search=False, **changes) -> dict:
    return fit_segmentation(frame, {**META, **changes}, stored, is_search).to_pylist()[0]


def segment_of_each(row: dict) -> dict[str, int]:
    return dict(zip(row["customer_ids"], selected(row)["labels"], strict=True))


def selected(row: dict) -> dict:
    (candidate,) = [each for each in row["candidates"] if each["is_selected"]]
    return candidate


def test_planted_groups_are_found_and_numbered_by_value(customers):
    row = fitted(customers)
    best = selected(row)
    labels = pd.Series(best["labels"], index=row["customer_ids"])

    assert best["candidate_id"] == "shop_kmeans_4"
    assert best["min_jaccard"] > 0.95
    spend = customers.set_index("customer_id")["spend"].groupby(labels).mean()
    assert spend.is_monotonic_decreasing
    assert [each["segment_id"] for each in row["centroids"]] == [1, 2, 3, 4]


def test_all_candidates_are_reported_and_the_best_of_each_algorithm_is_labelled(customers):
    candidates = pd.DataFrame(fitted(customers)["candidates"])
    assert candidates.groupby("algorithm").size().to_dict() == {
        "dbscan": 1,
        "hierarchical": 5,
        "kmeans": 5,
    }
    assert candidates.loc[candidates["is_labelled"], "algorithm"].is_unique
    assert candidates["is_elbow"].sum() == 1


def test_order_of_rows_and_columns_changes_nothing(customers):
    shuffled = customers.sample(frac=1, random_state=5)[["visits", "customer_id", "spend"]]
    assert fitted(shuffled) == fitted(customers)


def test_another_seed_gives_the_same_segments(customers):
    one, other = fitted(customers), fitted(customers, random_state=99)
    assert selected(one)["labels"] == selected(other)["labels"]


def test_centroids_and_scaling_reproduce_the_labels_of_sklearn(customers):
    row = fitted(customers)
    frame = customers.sort_values("customer_id")
    values = frame[META["features"]].to_numpy()
    vectors = np.empty_like(values)
    for at, feature in enumerate(row["features"]):
        clipped = np.clip(values[:, at], feature["lower_bound"], feature["upper_bound"])
        logged = np.log1p(clipped) if feature["is_log"] else clipped
        vectors[:, at] = (logged - feature["center"]) / feature["scale"]
    centroids = np.array([each["vector"] for each in row["centroids"]])
    nearest = ((vectors[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1) + 1
    assert nearest.tolist() == selected(row)["labels"]


def test_outliers_are_clipped_for_the_fit_and_still_assigned(customers):
    extreme = customers.copy()
    extreme.loc[0, "visits"] = 1e9
    row = fitted(extreme)
    assert row["features"][1]["upper_bound"] < 1000
    assert selected(row)["n_clusters"] == 4
    assert len(selected(row)["labels"]) == len(extreme)


def test_a_large_data_set_is_compared_on_a_part_of_it(customers):
    row = fitted(customers, max_compared=80)
    assert row["n_rows"] == 240
    assert len(row["customer_ids"]) == len(selected(row)["labels"]) == 80
    assert len(set(row["customer_ids"])) == 80
    assert fitted(customers, max_compared=80) == row
    assert selected(row)["n_clusters"] == 4


def stored_fit(frame, **changes):
    return fit_segmentation(frame, {**META, **changes})


def test_a_refit_keeps_the_number_of_segments_while_it_is_stable_enough(customers):
    three = stored_fit(customers, max_clusters=3, min_clusters=3)
    assert selected(refitted(customers, three, keep_jaccard=0.0))["n_clusters"] == 3
    assert selected(refitted(customers, three, is_search=True))["n_clusters"] == 4
    six = stored_fit(customers, max_clusters=6, min_clusters=6)
    assert selected(refitted(customers, six, keep_jaccard=0.99))["n_clusters"] == 4


def test_segments_of_other_features_are_new_ones(customers):
    with_age = customers.assign(age=customers["visits"] * 2)
    other = stored_fit(with_age, features=["spend", "age"], log_features=["spend"])
    row = refitted(customers, other, keep_jaccard=0.0)
    assert [each["segment_id"] for each in row["centroids"]] == [5, 6, 7, 8]
    assert row["highest_segment_id"] == 8


def test_customers_who_did_not_change_keep_their_segment_id(customers):
    stored = stored_fit(customers)
    before = segment_of_each(stored.to_pylist()[0])
    # The second segment now spends most, and every fifth customer has gone.
    moved = customers[customers.index % 5 != 0].copy()
    moved.loc[moved["customer_id"].map(before) == 2, "spend"] *= 200
    row = refitted(moved, stored)
    assert segment_of_each(row) == {key: before[key] for key in moved["customer_id"]}
    centroids = {each["segment_id"]: each["vector"][0] for each in row["centroids"]}
    assert max(centroids, key=centroids.get) == 2
    assert sorted(each["segment_id"] for each in row["centroids"]) == [1, 2, 3, 4]


def test_a_segment_that_is_added_gets_a_number_that_was_never_used(customers):
    four = stored_fit(customers)
    three = fit_segmentation(customers, {**META, "max_clusters": 3}, four)
    assert three["highest_segment_id"][0].as_py() == 4
    again = refitted(customers, three, is_search=True)
    ids = [each["segment_id"] for each in again["centroids"]]
    assert len(ids) == 4
    assert max(ids) == 5
    kept = {each["segment_id"] for each in three.to_pylist()[0]["centroids"]}
    assert kept < set(ids)


@pytest.mark.parametrize("is_search", [True, False])
def test_too_few_customers_do_not_replace_the_segments_that_are_stored(customers, is_search):
    stored = stored_fit(customers)
    equal = customers.assign(spend=1.0, visits=1.0)
    message = rf"shop: {len(customers)} customers, 1 of them different, are too few .* takes 3$"
    with pytest.raises(CannotFitError, match=message):
        refitted(equal, stored, is_search=is_search)
    with pytest.raises(CannotFitError, match="shop: 2 customers, 2 of them different"):
        refitted(customers.head(2), stored, is_search=is_search)
    assert selected(fitted(equal))["n_clusters"] == 1


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("visits", np.nan, "shop_features.visits is null or not finite for 240 of 240 customers"),
        ("visits", np.inf, "shop_features.visits is null or not finite for 240 of 240 customers"),
        ("visits", "many", "shop_features.visits is not a number"),
        ("spend", -1.0, "shop_features.spend is negative: its log cannot be taken"),
    ],
)
def test_an_unusable_feature_is_named_in_one_line(customers, column, values, message):
    with pytest.raises(ValueError, match=message) as error:
        fitted(customers.assign(**{column: values}))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scaler": "quantile"}, "scaler must be one of standard, robust, minmax"),
        ({"winsor_percentiles": [99, 1]}, "winsor_percentiles must be two rising numbers"),
        ({"clusters": 4}, "unknown key clusters"),
        ({"features": ["spend", "age"], "log_features": []}, "shop_features.age does not exist"),
        ({"features": []}, "features is empty"),
        ({"features": ["spend", "spend"]}, "names a column twice"),
        ({"log_features": ["age"]}, "log_features names a column that is not in features"),
        ({"min_clusters": 1}, "min_clusters must be at least 2"),
        ({"resamples": 0}, "resamples must be at least 1"),
    ],
)
def test_an_unusable_specification_is_named_in_one_line(customers, changes, message):
    with pytest.raises(ValueError, match=message) as error:
        fitted(customers, **changes)
    assert "\n" not in str(error.value)


def test_a_missing_key_is_named(customers):
    with pytest.raises(ValueError, match="shop_features: missing key scaler"):
        fit_segmentation(customers, {k: v for k, v in META.items() if k != "scaler"})


def test_no_customer_is_said_in_one_line(customers):
    with pytest.raises(ValueError, match="shop: there is no customer to segment"):
        fitted(customers.head(0))


def test_a_constant_feature_says_nothing(customers):
    row = fitted(customers.assign(visits=3.0))
    constant = row["features"][1]
    assert (constant["center"], constant["scale"]) == (3.0, 1.0)
    assert {each["vector"][1] for each in row["centroids"]} == {0.0}
    assert selected(row)["n_clusters"] == 3


@pytest.mark.parametrize("n_customers", [1, 2])
def test_too_few_customers_make_one_segment(customers, n_customers):
    row = fitted(customers.head(n_customers))
    assert selected(row)["labels"] == [1] * n_customers
    assert selected(row)["silhouette"] is None
    assert [each["algorithm"] for each in row["candidates"]] == ["kmeans"]


def test_equal_customers_make_one_segment(customers):
    row = fitted(customers.assign(spend=1.0, visits=1.0))
    assert selected(row)["n_clusters"] == 1
    assert row["components"][0]["explained_variance"] == 0


def test_fewer_customers_than_clusters_try_fewer_clusters(customers):
    row = fitted(customers.iloc[[0, 70, 130, 200]])
    assert max(each["n_clusters"] for each in row["candidates"]) == 3
