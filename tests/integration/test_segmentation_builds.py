"""What SQL makes of fitted segments, against scikit-learn on the same build."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans

DATASETS = ["retail", "mall"]

ASSIGN_IN_BI = """
with customers as (
    unpivot (select {features} from segmentation.{dataset}_customers)
    on columns(* exclude (customer_id)) into name feature value feature_value
),

scaled as (
    select
        customers.customer_id,
        how.feature,
        (case when how.is_log then ln(1 + clipped) else clipped end - how.center) / how.scale as x
    from customers
    inner join models.segmentation_features as how
        on how.dataset = '{dataset}' and how.feature = customers.feature,
        lateral (select least(greatest(feature_value, how.lower_bound), how.upper_bound) as clipped)
),

distances as (
    select
        scaled.customer_id,
        centroids.segment_id,
        sqrt(sum((scaled.x - centroids.value) ** 2)) as distance
    from scaled
    inner join models.segment_centroids as centroids
        on centroids.dataset = '{dataset}' and centroids.feature = scaled.feature
    group by scaled.customer_id, centroids.segment_id
)

select customer_id, min_by(segment_id, distance) as segment_id, min(distance) as distance
from distances
group by customer_id
order by customer_id
"""


@pytest.fixture(params=["sample_build", "real_build"])
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
def test_one_query_on_the_published_file_assigns_customers(warehouse, dataset, tmp_path):
    features, _ = published_model(warehouse, dataset)
    columns = ", ".join(
        ["customer_id", *(f"{name}::double as {name}" for name in features["feature"])]
    )
    query = tmp_path / "assign.sql"
    query.write_text(ASSIGN_IN_BI.format(features=columns, dataset=dataset))
    answer = tmp_path / "answer.parquet"
    client = (
        "import duckdb, sys; published, query, answer = sys.argv[1:];"
        "duckdb.connect(published, read_only=True).sql(open(query).read()).write_parquet(answer)"
    )
    subprocess.run([sys.executable, "-c", client, warehouse.published, query, answer], check=True)
    rows = warehouse.query(
        "select customer_id, segment_id, distance from segmentation.customer_segments"
        f" where dataset = '{dataset}' order by customer_id"
    )
    found = pd.read_parquet(answer)
    assert found["customer_id"].tolist() == [row[0] for row in rows]
    assert found["segment_id"].tolist() == [row[1] for row in rows]
    assert np.abs(found["distance"] - [row[2] for row in rows]).max() < 1e-8


@pytest.mark.parametrize("dataset", DATASETS)
def test_segments_of_a_data_set_have_names_of_their_own(warehouse, dataset):
    names = [
        name
        for (name,) in warehouse.query(
            f"select segment_name from segmentation.segments where dataset = '{dataset}'"
        )
    ]
    assert len(names) == len(set(names)) >= 2


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
        "Trend-driven young spenders",
        "Steady mainstream",
        "Careful budgeters",
        "Affluent but reserved",
    ]


def test_retail_has_stable_segments_with_names_from_rules(real_build):
    found = selected(real_build, "retail")
    assert found["n_clusters"] >= 4
    assert found["min_jaccard"] >= 0.85
    assert names_by_rank(real_build, "retail")[0] == "Premium loyalists"
    assert not any("Value tier" in name for name in names_by_rank(real_build, "retail"))
