"""The pure functions that a segmentation is made of, each with figures worked out by hand."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from segmentation_sample import META
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.metrics.cluster import contingency_matrix

from models_py.segmentation import stability
from models_py.segmentation.clustering import (
    NOISE,
    Candidate,
    customer_silhouettes,
    fit_dbscan,
    fit_hierarchical,
    fit_kmeans,
    measure_quality,
)
from models_py.segmentation.identity import inherited_ids
from models_py.segmentation.knee import knee_index
from models_py.segmentation.projection import Projection, fit_projection
from models_py.segmentation.record import FittedSegmentation, as_table, stored_segmentation
from models_py.segmentation.scaling import Scaling, feature_values, fit_scaling
from models_py.segmentation.schema import SCHEMA
from models_py.segmentation.selection import choose
from models_py.segmentation.spec import SegmentationSpec
from models_py.segmentation.stability import (
    Stability,
    adjusted_rand,
    bootstrap_stability,
    nearest_jaccard,
)

# Two clusters on a line, whose measures are easily worked out: centres 1 and 12.
LINE = np.array([[0.0], [2.0], [10.0], [14.0]])
HALVES = np.array([0, 0, 1, 1])


def spec_of(**changes) -> SegmentationSpec:
    return SegmentationSpec.from_meta({**META, **changes})


# Scaling


def test_a_scaling_clips_logs_centres_and_scales_and_is_undone():
    scaling = Scaling(
        lower=np.array([0.0, 0.0]),
        upper=np.array([9.0, 9.0]),
        is_log=np.array([True, False]),
        center=np.array([1.0, 2.0]),
        scale=np.array([2.0, 4.0]),
    )
    assert scaling.apply(np.array([[-5.0, 50.0], [np.e - 1, 4.0]])).tolist() == [
        [-0.5, 1.75],
        [0.0, 0.5],
    ]
    undone = scaling.undo(np.array([[0.0, 1.0], [0.5, -0.5]]))
    assert undone == pytest.approx(np.array([[np.e - 1, 6], [np.e**2 - 1, 0]]))


@pytest.mark.parametrize("scaler", ["standard", "robust", "minmax"])
def test_scalers_centre_and_scale_what_is_clipped_and_logged(scaler):
    random = np.random.default_rng(3)
    customers = pd.DataFrame(
        {"spend": random.lognormal(3, 2, 240), "visits": random.normal(9, 4, 240)}
    )
    learned = fit_scaling(customers, spec_of(scaler=scaler))
    assert learned.is_log.tolist() == [True, False]
    vectors = learned.apply(customers.to_numpy())
    centre, spread = {
        "standard": (vectors.mean(axis=0), vectors.std(axis=0)),
        "robust": (np.median(vectors, axis=0), np.ptp(np.percentile(vectors, [25, 75], axis=0), 0)),
        "minmax": (vectors.min(axis=0), np.ptp(vectors, axis=0)),
    }[scaler]
    assert centre == pytest.approx([0, 0], abs=1e-8)
    assert spread == pytest.approx([1, 1], abs=1e-8)


def test_a_learned_scaling_by_hand_is_rounded():
    # The percentiles 1 and 99 of 1, 2, 4 are 1.02 and 3.96. Of 1.02, 2, 3.96 the mean is 2.3267 and
    # the standard deviation 1.2223.
    learned = fit_scaling(
        pd.DataFrame({"visits": [1, 2, 4]}),
        spec_of(features=["visits"], log_features=[], digits=2),
    )
    assert learned.is_log.tolist() == [False]
    assert (learned.lower.tolist(), learned.upper.tolist()) == ([1.02], [3.96])
    assert (learned.center.tolist(), learned.scale.tolist()) == ([2.33], [1.22])


@pytest.mark.parametrize("scaler", ["standard", "robust", "minmax"])
def test_a_constant_feature_has_scale_one(scaler):
    frame = pd.DataFrame({"spend": [3.0] * 3, "visits": [1.0, 2.0, 3.0]})
    learned = fit_scaling(frame, spec_of(scaler=scaler, log_features=[]))
    assert (learned.center[0], learned.scale[0]) == (3, 1)


def test_features_are_taken_in_the_order_of_the_specification():
    frame = pd.DataFrame({"visits": pd.array([3, 4], "Int64"), "age": [9, 9], "spend": [0.0, 2.5]})
    values = feature_values(frame, spec_of())
    assert values.tolist() == [[0, 3], [2.5, 4]]
    assert values.dtype == float


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        (
            "visits",
            pd.array([1, None, None], "Int64"),
            "shop_features.visits is null or not finite for 2 of 3 customers:"
            " fill it in the features model, or leave it out of features.",
        ),
        (
            "visits",
            ["many", "1", "2"],
            "shop_features.visits is not a number: leave it out of features.",
        ),
        (
            "visits",
            [[1], [2], [3, 4]],
            "shop_features.visits is not a number: leave it out of features.",
        ),
        (
            "spend",
            [0, -0.1, 2],
            "shop_features.spend is negative: its log cannot be taken; see log_features.",
        ),
        ("visits", None, "shop_features.visits does not exist: correct features in config.meta."),
    ],
)
def test_the_whole_message_of_a_feature_that_cannot_be_used(column, values, message):
    frame = pd.DataFrame({"spend": [0.0, 1.0, 2.0], "visits": [-1.0, 2.0, 3.0]})
    frame = frame.drop(columns=column) if values is None else frame.assign(**{column: values})
    with pytest.raises(ValueError, match=r"^shop") as error:
        feature_values(frame, spec_of())
    assert str(error.value) == message


# The specification


def test_a_specification_holds_tuples_and_is_stored_as_it_was_given():
    spec = spec_of()
    assert (spec.features, spec.winsor_percentiles) == (("spend", "visits"), (1, 99))
    assert spec.as_params() == {
        key: tuple(value) if isinstance(value, list) else value for key, value in META.items()
    }
    without_logs = {key: value for key, value in META.items() if key != "log_features"}
    assert SegmentationSpec.from_meta(without_logs).log_features == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"winsor_percentiles": [0, 100]},
        {"min_clusters": 2, "max_clusters": 2},
        {"resamples": 1},
        {"log_features": ["spend", "visits"]},
    ],
)
def test_the_last_value_that_is_allowed_is_allowed(changes):
    assert spec_of(**changes).features == ("spend", "visits")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"clusters": 4, "angle": 1}, "unknown key angle, unknown key clusters"),
        ({"features": [], "log_features": []}, "features is empty: name at least one column"),
        ({"features": ["spend", "spend"]}, "features names a column twice"),
        ({"log_features": ["age"]}, "log_features names a column that is not in features"),
        ({"scaler": "quantile"}, "scaler must be one of standard, robust, minmax"),
        *[
            (
                {"winsor_percentiles": percentiles},
                "winsor_percentiles must be two rising numbers from 0 to 100",
            )
            for percentiles in ([-1, 99], [50, 50], [1, 101])
        ],
        *[
            (
                {"min_clusters": low, "max_clusters": high},
                "min_clusters must be at least 2 and at most max_clusters",
            )
            for low, high in ((1, 4), (4, 3))
        ],
        ({"resamples": 0}, "resamples must be at least 1"),
    ],
)
def test_what_is_wrong_with_a_specification_is_said_in_whole_words(changes, problem):
    with pytest.raises(ValueError, match=r"^config\.meta\.segmentation of .*shop") as error:
        spec_of(**changes)
    assert str(error.value).endswith(f": {problem}.")


# Which number of segments


def candidate(n_clusters: int, jaccard: float, share: float = 0.2) -> Candidate:
    sizes = np.full(n_clusters, (1 - share) / (n_clusters - 1))
    sizes[0] = share
    labels = np.repeat(np.arange(n_clusters), np.round(sizes * 1000).astype(int))
    # Only the least stable cluster may count.
    jaccards = np.append(np.full(n_clusters - 1, 1.0), jaccard)
    return Candidate("kmeans", {}, labels, stability=Stability(jaccards, jaccard))


@pytest.mark.parametrize(
    ("candidates", "served", "chosen", "rule"),
    [
        ([candidate(2, 0.9), candidate(3, 0.86), candidate(4, 0.8)], None, 3, "largest stable"),
        ([candidate(2, 0.9), candidate(3, 0.85), candidate(4, 0.8)], None, 3, "largest stable"),
        ([candidate(2, 0.9), candidate(3, 0.9, share=0.02)], None, 2, "largest stable"),
        ([candidate(2, 0.9), candidate(3, 0.9, share=0.03)], None, 3, "largest stable"),
        ([candidate(2, 0.6), candidate(3, 0.8)], None, 3, "most stable of unstable ones"),
        ([candidate(2, 0.8), candidate(3, 0.6)], None, 2, "most stable of unstable ones"),
        ([candidate(2, 0.8), candidate(3, 0.8)], None, 3, "most stable of unstable ones"),
        ([candidate(2, 0.9), candidate(3, 0.80)], 3, 3, "kept from before"),
        ([candidate(2, 0.9), candidate(3, 0.75)], 3, 3, "kept from before"),
        ([candidate(2, 0.9), candidate(3, 0.74)], 3, 2, "largest stable"),
        ([candidate(2, 0.9), candidate(3, 0.9)], 3, 3, "largest stable"),
        ([candidate(2, 0.9), candidate(3, 0.8)], 7, 2, "largest stable"),
    ],
)
def test_the_largest_stable_solution_is_chosen_and_kept(candidates, served, chosen, rule):
    choice = choose(candidates, spec_of(), served)
    assert (choice.candidate.n_clusters, choice.rule) == (chosen, rule)


# Stability


def test_jaccard_and_rand_agree_with_sklearn_and_by_hand():
    random = np.random.default_rng(0)
    expected, found = random.integers(0, 4, 200), random.integers(0, 5, 200)
    shared = contingency_matrix(expected, found)
    by_hand = [
        max(
            np.sum((expected == a) & (found == b)) / np.sum((expected == a) | (found == b))
            for b in range(5)
        )
        for a in range(4)
    ]
    assert nearest_jaccard(shared) == pytest.approx(by_hand)
    assert adjusted_rand(shared) == pytest.approx(adjusted_rand_score(expected, found))
    assert adjusted_rand(np.array([[7]])) == 1


def test_jaccard_of_a_cluster_without_customers_is_zero():
    # The second shares 3 with the first found one: 3 of 4; the other is 1 of 4.
    assert nearest_jaccard(np.array([[0, 0], [3, 1]])).tolist() == [0, 0.75]
    assert nearest_jaccard(np.array([[0, 0], [0, 5]])).tolist() == [0, 1]
    assert nearest_jaccard(np.array([[1, 0], [0, 3]])).tolist() == [1, 1]


def test_adjusted_rand_by_hand():
    # Of 15 pairs 4 are together in both, 6 in one and 7 in the other partition: 2.8 by chance.
    assert adjusted_rand(np.array([[2, 1], [0, 3]])) == pytest.approx((4 - 2.8) / (6.5 - 2.8))
    assert adjusted_rand(np.array([[1]])) == 1


def test_planted_groups_are_stable_and_a_split_group_is_not():
    points, _ = make_blobs(300, centers=[[0, 0], [9, 9], [0, 9]], random_state=1)
    settings = {"resamples": 20, "n_init": 3, "max_drawn": 300, "random_state": 0}
    right = KMeans(3, n_init=5, random_state=0).fit(points)
    split = KMeans(4, n_init=5, random_state=0).fit(points)
    assert bootstrap_stability(points, right, **settings).jaccard.min() > 0.98
    assert bootstrap_stability(points, split, **settings).jaccard.min() < 0.75


@pytest.fixture
def resamples(monkeypatch) -> list[dict]:
    """Replace the clustering of resamples by a cut at 5, and return what each was given."""
    seen = []

    class Cut:
        def __init__(self, n_clusters, n_init, tol, random_state):
            self.given = {"k": n_clusters, "starts": n_init, "tol": tol, "seed": random_state}

        def fit_predict(self, vectors, sample_weight):
            seen.append({**self.given, "drawn": vectors[:, 0], "weights": sample_weight})
            return (vectors[:, 0] > 5).astype(int)

    monkeypatch.setattr(stability, "KMeans", Cut)
    return seen


def resampled(points, reference, max_drawn=8, random_state=4) -> Stability:
    return bootstrap_stability(
        points, reference, resamples=6, n_init=3, max_drawn=max_drawn, random_state=random_state
    )


def test_resamples_draw_with_replacement_and_weigh_who_is_drawn_twice(resamples):
    points = np.array([[0.0], [1.0], [2.0], [3.0], [10.0], [11.0], [12.0], [13.0]])
    reference = SimpleNamespace(n_clusters=2, labels_=np.array([1, 1, 1, 1, 0, 0, 0, 0]))
    found = resampled(points, reference)
    assert (found.jaccard.tolist(), found.adjusted_rand) == ([1, 1], 1)
    assert len(resamples) == 6
    for each in resamples:
        assert each["weights"].sum() == 8
        assert len(set(each["drawn"])) == len(each["drawn"])
        assert (each["k"], each["starts"], each["tol"]) == (2, 3, stability.TOLERANCE)
    assert max(each["weights"].max() for each in resamples) > 1
    assert {value for each in resamples for value in each["drawn"]} == set(points[:, 0])
    assert len({each["seed"] for each in resamples}) == 6

    resampled(points, reference, max_drawn=5)
    assert [each["weights"].sum() for each in resamples[6:]] == [5] * 6


def test_a_seed_draws_the_same_resamples_again(resamples):
    points = np.arange(30.0)[:, None]
    reference = SimpleNamespace(n_clusters=2, labels_=(points[:, 0] > 5).astype(int))
    for seed in (4, 4, 5):
        resampled(points, reference, random_state=seed)
    first, again, other = ([e["seed"] for e in resamples[at : at + 6]] for at in (0, 6, 12))
    assert first == again != other


def test_stability_is_the_mean_over_resamples(resamples):
    # Both clusters lie below the cut: each shares its drawn customers with the one cluster found.
    points = np.arange(4.0)[:, None]
    reference = SimpleNamespace(n_clusters=2, labels_=np.array([0, 0, 0, 1]))
    found = resampled(points, reference)
    shares = [np.mean(each["drawn"] == 3) for each in resamples]
    assert len(set(shares)) > 1
    assert found.jaccard == pytest.approx([1 - np.mean(shares), np.mean(shares)])
    whole = [share in (0, 1) for share in shares]
    assert found.adjusted_rand == pytest.approx(np.mean(whole))


def test_a_resample_of_few_customers_is_cut_into_as_many_clusters(resamples):
    points = np.array([[0.0], [10.0], [10.0]])
    reference = SimpleNamespace(n_clusters=3, labels_=np.array([0, 1, 2]))
    resampled(points, reference)
    assert [each["k"] for each in resamples] == [len(each["drawn"]) for each in resamples]


# Ids of segments


def test_a_segment_keeps_the_id_of_the_one_it_continues_and_others_get_new_ones():
    centroids = np.array([[0.0, 0.0], [10.0, 0.0], [5.0, 5.0], [20.0, 20.0]])
    ids = inherited_ids(centroids, np.array([[10.0, 1.0], [0.0, 1.0]]), np.array([3, 7]), 7)
    assert ids.tolist() == [7, 3, 8, 9]
    assert ids.dtype == int


def test_segments_are_matched_by_squared_distance():
    # Squares: 1 + 2 against 5 + 0. Plain distances would rather cross: 2.41 against 2.24.
    centroids, stored = np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [2.0, 1.0]])
    assert inherited_ids(centroids, stored, np.array([4, 9]), 9).tolist() == [4, 9]


# The knee


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("values", "knee"),
    [
        ([100, 60, 20, 18, 16, 14.0], 2),
        ([0, 0.1, 0.2, 0.3, 5.0], 3),
        ([0, 0, 10.0], 1),
        ([0, 10, 10.0], 1),
        ([3, 3.1, 3.2, 4], 2),
        ([1.0, 1, 1, 1], 0),
        ([1.0, 5.0], 0),
        ([2.0], 0),
        ([], 0),
    ],
)
def test_knee_is_where_the_curve_bends(values, knee):
    assert knee_index(np.array(values)) == knee


# Candidates


def test_shares_of_a_candidate_by_hand():
    found = Candidate("dbscan", {}, np.array([0, 0, 0, 1, NOISE]))
    assert (found.n_clusters, found.noise_share, found.min_share) == (2, 0.2, 0.2)
    nothing = Candidate("dbscan", {}, np.array([NOISE, NOISE]))
    assert (nothing.n_clusters, nothing.noise_share, nothing.min_share) == (0, 1, 0)
    one = Candidate("hierarchical", {}, np.array([0, 0]))
    assert (one.n_clusters, one.noise_share, one.min_share) == (1, 0, 1)
    # K-means was fitted to more customers than are compared.
    model = SimpleNamespace(labels_=np.array([0] * 7 + [1] * 3))
    assert Candidate("kmeans", {}, np.array([0, 1]), model=model).min_share == 0.3


def test_labels_are_renumbered_by_falling_mean_value():
    found = Candidate("dbscan", {}, np.array([5, 5, 7, 7, NOISE]))
    assert found.renumber(np.array([1.0, 3.0, 4.0, 6.0, 100.0])).tolist() == [7, 5]
    assert found.labels.tolist() == [2, 2, 1, 1, NOISE]


def test_means_that_are_equal_to_six_digits_keep_their_order():
    assert Candidate("kmeans", {}, np.array([0, 1])).renumber(
        np.array([0.3, 0.3000004])
    ).tolist() == [0, 1]
    assert Candidate("kmeans", {}, np.array([0, 1])).renumber(
        np.array([0.3, 0.300001])
    ).tolist() == [1, 0]


def test_many_clusters_of_equal_value_keep_their_order():
    found = Candidate("kmeans", {}, np.arange(40))
    order = found.renumber(np.tile([1.0, 2.0], 20))
    assert order.tolist() == [*range(1, 40, 2), *range(0, 40, 2)]


def test_k_means_is_fitted_to_all_and_labels_those_that_are_compared():
    found = fit_kmeans(LINE, np.array([3, 0, 1]), 2, n_init=4, random_state=8)
    assert (found.algorithm, found.params) == ("kmeans", {"n_clusters": 2})
    assert sorted(found.model.cluster_centers_[:, 0]) == [1, 12]
    assert found.labels.tolist() == found.model.labels_[[3, 0, 1]].tolist()
    assert found.labels[0] != found.labels[1] == found.labels[2]
    settings = found.model.get_params()
    assert (settings["n_init"], settings["random_state"]) == (4, 8)


def test_one_tree_is_cut_at_each_number_of_clusters():
    two, three = fit_hierarchical(np.array([[0.0], [1], [10], [11], [30]]), [2, 3])
    assert (two.algorithm, three.algorithm) == ("hierarchical", "hierarchical")
    assert two.params == {"linkage": "ward", "n_clusters": 2}
    assert three.params == {"linkage": "ward", "n_clusters": 3}
    assert two.labels.tolist() == [0, 0, 0, 0, 1]
    assert three.labels.tolist() == [0, 0, 1, 1, 2]
    assert fit_hierarchical(LINE, []) == []
    # Both are cuts of one tree: two pairs, then the pairs, then the last one.
    assert two.tree is three.tree
    assert two.tree[:, [0, 1, 3]].tolist() == [[0, 1, 2], [2, 3, 2], [5, 6, 4], [4, 7, 5]]
    assert two.tree[:, 2].tolist() == pytest.approx([1, 1, 10 * 2**0.5, 24.5 * 1.6**0.5])


def test_dbscan_finds_groups_and_noise_by_its_knee():
    points, _ = make_blobs(200, centers=[[0, 0], [20, 20]], cluster_std=0.5, random_state=1)
    found = fit_dbscan(np.vstack([points, [[10.0, 10.0]]]), min_samples=5, digits=9)
    assert found.n_clusters == 2
    assert found.labels[-1] == NOISE
    assert 0 < found.noise_share < 0.1


def test_dbscan_by_hand():
    # Six customers have a neighbour at 1.236, the last one at 30: the curve bends before it.
    line = np.array([[0.0], [1.236], [2.472], [10], [11.236], [12.472], [42.472]])
    found = fit_dbscan(line, min_samples=2, digits=2)
    assert (found.algorithm, found.params) == ("dbscan", {"min_samples": 2, "radius": 1.24})
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 1, NOISE]
    # With three in a dense neighbourhood the ends of a group are reached and reach nobody.
    crowd = fit_dbscan(line, min_samples=3, digits=2)
    assert crowd.params == {"min_samples": 3, "radius": 2.47}


def test_dbscan_of_equal_customers_is_noise():
    found = fit_dbscan(np.ones((3, 1)), min_samples=5, digits=9)
    assert (found.algorithm, found.params) == ("dbscan", {"min_samples": 5, "radius": 0})
    assert found.labels.tolist() == [NOISE] * 3


def test_measures_of_two_clusters_by_hand():
    whole = Candidate("kmeans", {}, HALVES)
    noisy = Candidate("dbscan", {}, np.append(HALVES, NOISE))
    measure_quality([whole], LINE)
    measure_quality([noisy], np.vstack([LINE, [[100.0]]]))
    expected = {
        "silhouette": (10 / 12 + 8 / 10 + 5 / 9 + 9 / 13) / 4,
        # Customers are 1 and 2 from their centres, which are 11 apart.
        "davies_bouldin": 3 / 11,
        # Between 4 * 5.5 squared on one degree of freedom, within 10 on two.
        "calinski_harabasz": 121 / 5,
    }
    assert whole.quality == pytest.approx({"inertia": 10, **expected})
    assert noisy.quality.pop("inertia") is None
    assert noisy.quality == pytest.approx(expected)


def test_silhouettes_of_customers_by_hand():
    found = customer_silhouettes(Candidate("kmeans", {}, HALVES), LINE)
    assert found.tolist() == pytest.approx([10 / 12, 8 / 10, 5 / 9, 9 / 13])
    for labels in (np.zeros(4), np.arange(4)):
        assert customer_silhouettes(Candidate("kmeans", {}, labels), LINE) is None


@pytest.mark.parametrize(
    ("labels", "inertia"),
    [([0, 0, 0, 0], 131), ([0, 1, 2, 3], 0), ([NOISE] * 4, None)],
)
def test_measures_that_are_not_defined_are_none(labels, inertia):
    found = Candidate("hierarchical", {}, np.array(labels))
    measure_quality([found], LINE)
    assert found.quality == {
        "inertia": inertia,
        "silhouette": None,
        "davies_bouldin": None,
        "calinski_harabasz": None,
    }


def test_inertia_is_about_the_centre_in_every_direction():
    found = Candidate("kmeans", {}, np.array([0, 0, 1]))
    measure_quality([found], np.array([[0.0, 10.0], [2.0, 16.0], [50.0, 50.0]]))
    assert found.quality["inertia"] == 2 * (1 + 9)


def test_measures_are_defined_for_one_customer_more_than_clusters():
    found = Candidate("hierarchical", {}, np.array([0, 0, 1]))
    measure_quality([found], LINE[:3])
    assert found.quality["silhouette"] == pytest.approx((8 / 10 + 6 / 8 + 0) / 3)


def test_quality_agrees_with_sklearn_and_leaves_noise_out():
    points, labels = make_blobs(120, centers=3, random_state=4)
    noisy = labels.copy()
    noisy[:5] = NOISE
    whole, part = Candidate("hierarchical", {}, labels), Candidate("dbscan", {}, noisy)
    measure_quality([whole, part], points)
    assert whole.quality["silhouette"] == pytest.approx(silhouette_score(points, labels))
    assert part.quality["silhouette"] == pytest.approx(silhouette_score(points[5:], labels[5:]))
    assert part.quality["inertia"] is None


# The map


def test_components_have_fixed_signs_and_fall_back_to_zero():
    random = np.random.default_rng(2)
    points = random.normal(size=(50, 3)) * [3, 2, 1]
    up, down = fit_projection(points, 9), fit_projection(-points, 9)
    assert (up.loadings.max(axis=1) == np.abs(up.loadings).max(axis=1)).all()
    assert up.loadings == pytest.approx(down.loadings)
    assert up.explained_variance[0] > up.explained_variance[1] > 0
    equal = fit_projection(np.array([[1.0, 2.0]] * 4), 9)
    assert equal.loadings.tolist() == [[0, 0], [0, 0]]
    assert equal.explained_variance.tolist() == [0, 0]
    assert fit_projection(points[:, :1], 9).explained_variance.tolist() == [1, 0]


def test_components_by_hand_are_rounded():
    # On a line that rises by 1 in 2: cosine .894, sine .447.
    along = fit_projection(np.array([[0, 0], [2, 1], [4, 2], [7, 3.5]]), 2)
    assert along.mean.tolist() == [3.25, 1.62]
    assert along.loadings[0].tolist() == [0.89, 0.45]
    assert along.explained_variance.tolist() == [1, 0]
    # Of -.6 and .8 the larger is positive; of two that are equal the first.
    falling = fit_projection(np.array([[0.0, 0.0], [-3.0, 4.0]]), 9)
    assert falling.loadings[0] == pytest.approx([-0.6, 0.8])
    diagonal = fit_projection(np.array([[0.0, 0.0], [-2.0, 2.0], [5.0, -5.0]]), 9)
    assert diagonal.loadings[0] == pytest.approx([0.5**0.5, -(0.5**0.5)])


def test_one_customer_has_no_components():
    alone = fit_projection(np.array([[3.0, 4.0]]), 9)
    assert alone.mean.tolist() == [3, 4]
    assert alone.loadings.tolist() == [[0, 0], [0, 0]]
    assert alone.explained_variance.tolist() == [0, 0]


# The row that is stored


def judged(algorithm, labels, silhouette, **params) -> Candidate:
    quality = {"inertia": 2, "silhouette": silhouette, "davies_bouldin": None}
    quality["calinski_harabasz"] = 24.20049
    return Candidate(algorithm, params, np.array(labels), quality)


@pytest.fixture
def learned() -> FittedSegmentation:
    selected = judged("kmeans", [7, 3, 3], 0.72034, n_clusters=2)
    selected.stability = Stability(np.array([0.8, 0.91236]), 0.77777)
    selected.model = SimpleNamespace(labels_=np.array([0, 1, 1, 1]))
    other = judged("kmeans", [1, 2, 3], None, n_clusters=3)
    other.stability = Stability(np.array([0.5, 0.6, 0.7]), 0.4)
    return FittedSegmentation(
        spec=spec_of(digits=3),
        frame=pd.DataFrame(
            {"customer_id": ["a", "b", "c", "d"], "spend": [1, 2, 3, 4], "visits": [4, 3, 2, 1]}
        ),
        customer_ids=np.array(["a", "b", "d"]),
        scaling=Scaling(
            lower=np.array([1.0, 1.5]),
            upper=np.array([9.0, 9.5]),
            is_log=np.array([True, False]),
            center=np.array([0.25, 2.0]),
            scale=np.array([2.0, 4.0]),
        ),
        segment_ids=np.array([7, 3]),
        highest_id=9,
        centroids=np.array([[1.0, 2.0], [3.0, 4.0]]),
        jaccard=np.array([0.91236, 0.8]),
        projection=Projection(
            mean=np.array([0.5, 0.25]),
            loadings=np.array([[0.6, 0.8], [0.8, -0.6]]),
            explained_variance=np.array([0.75, 0.2]),
        ),
        silhouettes=np.array([0.0, 0.51236, -0.25]),
        tree=np.array([[1.0, 2.0, 0.51236, 2.0], [0.0, 3.0, 4.0, 3.0]]),
        candidates=[
            selected,
            other,
            judged("hierarchical", [1, 2, 2], -0.2, linkage="ward", n_clusters=2),
            judged("hierarchical", [1, 2, 3], 0.0, linkage="ward", n_clusters=3),
            judged("dbscan", [NOISE, 1, 1], None, radius=0.5, min_samples=2),
        ],
        selected=selected,
        rule="largest stable",
        elbow=other,
    )


def test_a_fit_is_stored_as_one_row(learned):
    stored = as_table(learned)
    assert stored.schema == SCHEMA
    (row,) = stored.to_pylist()
    candidates = row.pop("candidates")
    assert len(candidates) == 5
    identity = [row.pop(name) for name in ("model_run_id", "data_fingerprint", "library_versions")]
    assert None not in identity
    params = json.loads(row.pop("params"))
    assert params.pop("segment_ids") == [3, 7]
    assert params == json.loads(json.dumps(learned.spec.as_params()))
    # Keys in order, so that equal figures are equal text.
    assert row.pop("metrics") == (
        '{"mean_adjusted_rand": 0.778, "mean_jaccard": 0.856, "min_jaccard": 0.8, "n_clusters": 2,'
        ' "selected_by": "largest stable", "silhouette": 0.72}'
    )
    assert row == {
        "area": "segmentation",
        "dataset": "shop",
        "model_name": "kmeans",
        "n_rows": 4,
        "features": [
            {
                "feature": "spend",
                "position": 1,
                "is_log": True,
                "lower_bound": 1.0,
                "upper_bound": 9.0,
                "center": 0.25,
                "scale": 2.0,
            },
            {
                "feature": "visits",
                "position": 2,
                "is_log": False,
                "lower_bound": 1.5,
                "upper_bound": 9.5,
                "center": 2.0,
                "scale": 4.0,
            },
        ],
        "centroids": [
            {"segment_id": 3, "vector": [3.0, 4.0], "jaccard": 0.8},
            {"segment_id": 7, "vector": [1.0, 2.0], "jaccard": 0.912},
        ],
        "components": [
            {
                "component": 1,
                "explained_variance": 0.75,
                "mean": [0.5, 0.25],
                "loadings": [0.6, 0.8],
            },
            {
                "component": 2,
                "explained_variance": 0.2,
                "mean": [0.5, 0.25],
                "loadings": [0.8, -0.6],
            },
        ],
        "customer_ids": ["a", "b", "d"],
        "silhouettes": [
            {"customer_id": "a", "silhouette": 0.0},
            {"customer_id": "b", "silhouette": 0.512},
            {"customer_id": "d", "silhouette": -0.25},
        ],
        # Customers are nodes 1 to 3; the first step makes node 4.
        "linkage": [
            {"step": 1, "left_node": 2, "right_node": 3, "distance": 0.512, "customers": 2},
            {"step": 2, "left_node": 1, "right_node": 4, "distance": 4.0, "customers": 3},
        ],
        "highest_segment_id": 9,
    }


def test_what_a_fit_of_one_segment_has_not_is_stored_as_nothing(learned):
    (row,) = as_table(replace(learned, silhouettes=None, tree=None)).to_pylist()
    assert (row["silhouettes"], row["linkage"]) == ([], [])


def test_every_candidate_is_stored_with_its_figures(learned):
    selected, other, worse, better, noisy = as_table(learned).to_pylist()[0]["candidates"]
    assert selected == {
        "candidate_id": "shop_kmeans_2",
        "algorithm": "kmeans",
        "params": '{"n_clusters": 2}',
        "n_clusters": 2,
        "inertia": 2.0,
        "silhouette": 0.72,
        "davies_bouldin": None,
        "calinski_harabasz": 24.2,
        "min_jaccard": 0.8,
        "mean_jaccard": 0.856,
        "mean_adjusted_rand": 0.778,
        "min_share": 0.25,
        "noise_share": 0.0,
        "is_elbow": False,
        "is_selected": True,
        "is_labelled": True,
        "labels": [7, 3, 3],
    }
    assert (other["is_elbow"], other["is_selected"], other["labels"]) == (True, False, None)
    assert noisy["candidate_id"] == "shop_dbscan_2"
    assert noisy["params"] == '{"min_samples": 2, "radius": 0.5}'
    assert (noisy["noise_share"], noisy["min_share"]) == (0.333, 0.667)
    assert (noisy["min_jaccard"], noisy["mean_jaccard"]) == (None, None)
    assert noisy["mean_adjusted_rand"] is None
    # A silhouette of 0 is better than one below, and any than one that is not defined.
    labelled = {each["candidate_id"]: each["labels"] for each in (worse, better, noisy)}
    assert labelled == {
        "shop_hierarchical_2": None,
        "shop_hierarchical_3": [1, 2, 3],
        "shop_dbscan_2": [-1, 1, 1],
    }
    assert [each["is_labelled"] for each in (worse, better, noisy)] == [False, True, True]


def test_what_a_new_fit_inherits_is_read_back(learned):
    table = as_table(learned)
    (row,) = table.to_pylist()
    turned = pa.Table.from_pylist([{**row, "features": row["features"][::-1]}], table.schema)
    for stored in (stored_segmentation(table), stored_segmentation(turned)):
        assert stored.features == ("spend", "visits")
        assert (stored.ids.tolist(), stored.highest_id) == ([3, 7], 9)
        assert stored.centroids.tolist() == [[3, 4], [1, 2]]
        assert stored.scaling.lower.tolist() == [1, 1.5]
        assert stored.scaling.upper.tolist() == [9, 9.5]
        assert stored.scaling.is_log.tolist() == [True, False]
        assert stored.scaling.center.tolist() == [0.25, 2]
        assert stored.scaling.scale.tolist() == [2, 4]
    assert stored_segmentation(None) is None
