"""What is chosen inside the training rows of the course's split, judged on its test rows."""

import shutil

import duckdb
import pandas as pd
import pytest
from conftest import REAL, Warehouse
from surprise import Dataset, Reader
from surprise.model_selection import train_test_split

pytestmark = pytest.mark.slow

ALREADY_FILTERED = {"ratings_min_per_user": 1, "ratings_min_per_product": 1}


@pytest.fixture(scope="module")
def course_split(real_build, tmp_path_factory) -> Warehouse:
    """Return the real warehouse with the course's split in place of the project's own."""
    warehouse = Warehouse(tmp_path_factory.mktemp("course"), REAL)
    shutil.copy(real_build.build, warehouse.build)
    raw = pd.read_csv(REAL / "ratings_Electronics.csv", dtype={"user_id": str, "prod_id": str})
    data = Dataset.load_from_df(raw, Reader(rating_scale=(1, 5)))
    _, test = train_test_split(data, test_size=0.2, random_state=42)
    course_test = pd.DataFrame(test, columns=["user_id", "product_id", "rating"])
    with duckdb.connect(warehouse.build) as connection:
        connection.register("course_test", course_test)
        connection.execute(
            """
            update features.kept_ratings set split = case
                when (user_id, product_id) in (select (user_id, product_id) from course_test)
                    then 'holdout'
                when md5(user_id || '|' || product_id) < '33333333' then 'validation'
                else 'train'
            end
            """
        )
    run = warehouse.dbt(
        "run",
        "--select",
        "kept_ratings+,+recommender_metrics",
        "--exclude",
        "kept_ratings",
        variables=ALREADY_FILTERED,
    )
    assert run.returncode == 0, run.stdout[-6000:]
    return warehouse


def test_rmse_on_the_course_split(course_split):
    (rmse,) = course_split.query(
        """
        select min(value) from recommendations.recommender_metrics
        where metric = 'rmse' and evaluated_on = 'holdout'
        """,
        working=True,
    )[0]
    assert rmse <= 0.882


def test_what_would_be_served_on_the_course_split(course_split):
    figures = course_split.query(
        """
        select is_champion, metric, value from recommendations.recommender_metrics
        where protocol = 'full_catalogue' and evaluated_on = 'holdout' and k = 10
            and metric in ('ndcg', 'coverage')
            and (is_champion or algorithm = 'popularity_count')
        """,
        working=True,
    )
    found = {(is_champion, metric): value for is_champion, metric, value in figures}
    assert found[True, "ndcg"] >= 0.044
    assert found[True, "coverage"] >= 0.17
    assert found[True, "ndcg"] >= 2 * found[False, "ndcg"]
    assert found[False, "ndcg"] == pytest.approx(0.0215, abs=0.002)
