"""What SQL makes of fitted segments, against scikit-learn on the same build."""

import re
import subprocess
import sys

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from scipy.cluster.hierarchy import cut_tree, is_valid_linkage
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

DATASETS = ["retail", "mall", "ecommerce"]

ANALYSIS = ROOT / "analyses/segmentation/which_segment_does_a_new_customer_belong_to.sql"


@pytest.fixture(params=["sample_build", pytest.param("real_build", marks=pytest.mark.slow)])
def warehouse(request):
    return request.getfixturevalue(request.param)


def frame(warehouse, sql: str, columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(warehouse.query(sql), columns=columns)


def published_model(warehouse, dataset: str) -> tuple[pd.DataFrame, KMeans]:
    features = frame(
        warehouse,
        "select feature, is_log, lower_bound, upper_bound, center, scale"
        f" from models.segmentation_features where dataset = '{dataset}' order by position",
        ["feature", "is_log", "lower", "upper", "center", "scale"],
    )
    centroids = warehouse.query(
        "select list(value order by position) from models.segment_centroids"
        " inner join models.segmentation_features using (dataset, feature)"
        f" where dataset = '{dataset}' group by segment_id order by segment_id"
    )
    model = KMeans(len(centroids))
    model.cluster_centers_ = np.array([vector for (vector,) in centroids])
    model._n_threads = 1
    model.n_features_in_ = len(features)
    return features, model


def scaled(warehouse, dataset: str, features: pd.DataFrame) -> np.ndarray:
    columns = ", ".join(f"{name}::double" for name in features["feature"])
    values = np.array(
        warehouse.query(
            f"select {columns} from segmentation.{dataset}_customers order by customer_id"
        )
    )
    values = np.clip(values, features["lower"].to_numpy(), features["upper"].to_numpy())
    values = np.where(features["is_log"], np.log1p(np.maximum(values, 0)), values)
    return (values - features["center"].to_numpy()) / features["scale"].to_numpy()


@pytest.mark.parametrize("dataset", DATASETS)
def test_sql_assigns_every_customer_as_sklearn_predicts(warehouse, dataset):
    features, model = published_model(warehouse, dataset)
    vectors = scaled(warehouse, dataset, features)
    rows = np.array(
        warehouse.query(
            "select segment_id, distance, confidence from segmentation.customer_segments"
            f" where dataset = '{dataset}' order by customer_id"
        )
    )
    nearest = np.sort(model.transform(vectors), axis=1)

    assert len(rows) == len(vectors) > 100
    assert (rows[:, 0].astype(int) == model.predict(vectors) + 1).all()
    assert np.abs(rows[:, 1] - nearest[:, 0]).max() < 1e-9
    assert np.abs(rows[:, 2] - (1 - nearest[:, 0] / nearest[:, 1])).max() < 1e-8


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_map_is_the_projection_of_the_scaled_features(warehouse, dataset):
    features, _ = published_model(warehouse, dataset)
    vectors = scaled(warehouse, dataset, features)
    loadings = np.array(
        warehouse.query(
            "select list(loading order by position) from segmentation.segment_map_loadings"
            " inner join models.segmentation_features using (dataset, feature)"
            f" where dataset = '{dataset}' group by component order by component"
        )
    )[:, 0].tolist()
    found = np.array(
        warehouse.query(
            f"select pc1, pc2 from segmentation.segment_map where dataset = '{dataset}'"
            " order by customer_id"
        )
    )
    expected = (vectors - vectors.mean(axis=0)) @ np.array(loadings).T
    assert np.abs(found - expected).max() < 1e-7


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_published_tree_is_cut_into_the_hierarchical_clusters(warehouse, dataset):
    tree = np.array(
        warehouse.query(
            "select left_node - 1, right_node - 1, distance, customers"
            f" from segmentation.segment_linkage where dataset = '{dataset}' order by step"
        ),
        dtype=float,
    )
    labels = warehouse.query(
        "select cluster_label from segmentation.customer_cluster_labels"
        f" where dataset = '{dataset}' and algorithm = 'hierarchical' order by customer_id"
    )
    assert is_valid_linkage(tree)
    assert len(tree) == len(labels) - 1
    clusters = cut_tree(tree, len(set(labels)))[:, 0]
    assert adjusted_rand_score([label for (label,) in labels], clusters) == 1


@pytest.mark.parametrize("dataset", DATASETS)
def test_silhouettes_of_customers_have_the_silhouette_of_the_candidate_as_mean(warehouse, dataset):
    ((mean, customers, missing),) = warehouse.query(
        "select avg(silhouette), count(silhouette), count_if(silhouette is null)"
        " from segmentation.customer_cluster_labels"
        f" where dataset = '{dataset}' and algorithm = 'kmeans'"
    )
    assert customers > 100
    assert missing == 0
    assert mean == pytest.approx(selected(warehouse, dataset)["silhouette"], abs=1e-8)


def asked_in_another_process(warehouse, query: str, folder) -> pd.DataFrame:
    (folder / "query.sql").write_text(query)
    client = (
        "import duckdb, sys; published, query, answer = sys.argv[1:];"
        "duckdb.connect(published, read_only=True).sql(open(query).read()).write_parquet(answer)"
    )
    answer = folder / "answer.parquet"
    subprocess.run(
        [sys.executable, "-c", client, warehouse.published, folder / "query.sql", answer],
        check=True,
    )
    return pd.read_parquet(answer)


@pytest.mark.parametrize("dataset", DATASETS)
def test_one_query_on_the_published_file_assigns_customers(warehouse, dataset, tmp_path):
    features, _ = published_model(warehouse, dataset)
    everyone = " union all ".join(
        f"select customer_id, '{name}' as feature, {name}::double as feature_value"
        f" from segmentation.{dataset}_customers"
        for name in features["feature"]
    )
    _, example, rest = re.split(
        r"(?s)(new_customers as \(.*?\n\),)", ANALYSIS.read_text(), maxsplit=1
    )
    assert "640.5" in example
    rest = rest.replace("'ecommerce'", f"'{dataset}'")
    query = f"with new_customers as ({everyone}),{rest}"
    found = asked_in_another_process(warehouse, query, tmp_path)
    rows = warehouse.query(
        "select customer_id, segment_id, segment_name, distance, confidence"
        f" from segmentation.customer_segments where dataset = '{dataset}' order by customer_id"
    )
    assert found["customer_id"].tolist() == [row[0] for row in rows]
    assert found["segment_id"].tolist() == [row[1] for row in rows]
    assert found["segment_name"].tolist() == [row[2] for row in rows]
    assert np.abs(found["distance"] - [row[3] for row in rows]).max() < 1e-9
    assert np.abs(found["confidence"] - [row[4] for row in rows]).max() < 1e-8


def test_the_query_for_a_new_customer_runs_as_it_stands(sample_build, tmp_path):
    found = asked_in_another_process(sample_build, ANALYSIS.read_text(), tmp_path)
    assert found["customer_id"].tolist() == ["new"]
    assert 0 <= found["confidence"][0] <= 1


@pytest.mark.parametrize("dataset", DATASETS)
def test_segments_of_a_data_set_have_names_of_their_own(warehouse, dataset):
    names = [
        name
        for (name,) in warehouse.query(
            f"select segment_name from segmentation.segments where dataset = '{dataset}'"
        )
    ]
    assert len(names) == len(set(names)) >= 2


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_name_is_true_of_nine_in_ten_customers(warehouse, dataset):
    conditions = pd.read_csv(ROOT / f"seeds/reference/{dataset}/{dataset}_persona_conditions.csv")
    with duckdb.connect(warehouse.published, read_only=True) as connection:
        customers = connection.sql(f"from segmentation.{dataset}_customers").df()
    segments = warehouse.query(
        "select segment_id, naming_rule, fit_share from segmentation.segments"
        f" where dataset = '{dataset}'"
    )
    for segment_id, rule, fit_share in segments:
        own = customers[customers["segment_id"] == segment_id]
        fits = np.ones(len(own), dtype=bool)
        claims = conditions[(conditions["rule"] == rule) & (conditions["measure"] != "index")]
        for claim in claims.itertuples():
            everyone = customers[claim.feature].astype(float)
            for bound, is_met in (
                (claim.minimum, np.greater_equal),
                (claim.maximum, np.less_equal),
            ):
                if not np.isnan(bound):
                    if claim.measure == "percentile":
                        bound = np.nanpercentile(everyone, bound, method="inverted_cdf")
                    fits &= is_met(own[claim.feature].astype(float), bound)
        assert fits.mean() >= 0.9
        assert fits.mean() == pytest.approx(fit_share, abs=1e-9)


@pytest.mark.parametrize(
    ("rule", "condition", "action"),
    [
        ("returned_everything", "return_share >= 1", "Everything came back: ask"),
        ("quiet_regular", "frequency >= 5 and recency_days >= 90 and return_share < 1", "Call"),
    ],
)
def test_customers_who_are_an_exception_have_an_action_of_their_own(
    warehouse, rule, condition, action
):
    rows = warehouse.query(
        f"select coalesce(exception_rule = '{rule}', false), {condition},"
        f" starts_with(assigned.recommended_action, '{action}'), count(*)"
        " from segmentation.customer_segments as assigned"
        " inner join segmentation.ecommerce_customers using (customer_id)"
        " where dataset = 'ecommerce' group by all"
    )
    assert sorted(row[:3] for row in rows) == [(False, False, False), (True, True, True)]


def selected(warehouse, dataset: str) -> dict:
    columns = ["n_clusters", "silhouette", "min_jaccard", "min_share"]
    (row,) = warehouse.query(
        f"select {', '.join(columns)} from segmentation.segmentation_candidates"
        f" where dataset = '{dataset}' and is_selected"
    )
    return dict(zip(columns, row, strict=True))


def names_by_rank(warehouse, dataset: str) -> list[str]:
    return [
        name
        for (name,) in warehouse.query(
            "select segment_name from segmentation.segments"
            f" where dataset = '{dataset}' order by value_rank"
        )
    ]


def test_the_mall_has_its_five_well_known_groups(real_build):
    found = selected(real_build, "mall")
    assert found["n_clusters"] == 5
    assert found["silhouette"] >= 0.55
    assert found["min_jaccard"] >= 0.9
    assert names_by_rank(real_build, "mall") == [
        "Affluent big spenders",
        "Young spenders on low incomes",
        "Mainstream visitors",
        "Careful budgeters",
        "Affluent but reserved",
    ]


def test_retail_has_stable_segments_with_names_from_rules(real_build):
    found = selected(real_build, "retail")
    assert found["n_clusters"] >= 4
    assert found["min_jaccard"] >= 0.85
    assert names_by_rank(real_build, "retail")[0] == "Premium loyalists"
    assert not any("Unnamed" in name for name in names_by_rank(real_build, "retail"))


def test_ecommerce_has_stable_segments_with_names_from_rules(real_build):
    found = selected(real_build, "ecommerce")
    assert found["n_clusters"] >= 4
    assert found["min_jaccard"] >= 0.85
    assert names_by_rank(real_build, "ecommerce")[0] == "Frequent big buyers"
    assert not any("Unnamed" in name for name in names_by_rank(real_build, "ecommerce"))


def test_excluded_lines_are_those_that_are_known_of_the_real_file(real_build):
    rules = dict(
        real_build.query(
            "select rule, rows from monitoring.data_quality_rules where source = 'ecommerce'"
        )
    )
    del rules["stock_code is no product"]
    assert rules == {
        "customer_id is missing": 135_080,
        "a duplicate of another line": 5_268,
        "invoice is cancelled": 9_288,
        "quantity is at or below zero": 10_624,
        "unit_price is at or below zero": 2_517,
        "invoice is a bad debt": 3,
    }
    ((before_codes, customers),) = real_build.query(
        "select count(distinct customer_id) filter (where"
        " coalesce(exclusion_rule, 'stock_code is no product') = 'stock_code is no product'),"
        " count(distinct customer_id) filter (where exclusion_rule is null)"
        " from datasets.checked_ecommerce__invoice_lines",
        working=True,
    )
    ((segmented,),) = real_build.query(
        "select count(*) from segmentation.customer_segments where dataset = 'ecommerce'"
    )
    assert before_codes == 4_338
    assert segmented == customers < before_codes


def test_the_picture_in_the_readme_shows_the_segments_of_the_sample(sample_build):
    picture = (ROOT / "docs" / "images" / "segment_map.svg").read_text()
    legend = sample_build.query(
        "select format('{} ({:.0f}%)', segment_name, 100 * customer_share)"
        " from segmentation.segments where dataset = 'retail'"
    )
    assert all(f">{label}</text>" in picture for (label,) in legend)
