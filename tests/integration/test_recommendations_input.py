"""Recommendations from awkward ratings: one small file in which each kind occurs."""

import csv
from pathlib import Path

import numpy as np
import pytest
from conftest import Warehouse

pytestmark = pytest.mark.slow

RATINGS_ONLY = {"sources_enabled": ["ratings"], "recommender_min_history": 3}
PRODUCTS = [f"{number:010}" for number in range(1, 31)]


def ratings() -> list[list]:
    """Draw two camps of users that each rate mostly their own half, and the awkward ones."""
    rng = np.random.default_rng(4)
    rows = []
    for user in range(60):
        own, other = PRODUCTS[user % 2 :: 2], PRODUCTS[1 - user % 2 :: 2]
        chosen = [*rng.choice(own, 9, replace=False), *rng.choice(other, 2, replace=False)]
        rows += [
            [f"user {user:02}", product, rng.integers(3, 6), 1_300_000_000 + 86_400 * day]
            for day, product in enumerate(rng.permutation(chosen))
        ]
    rows += [["rated everything", product, 4, 1_300_000_000] for product in PRODUCTS]
    rows += [
        ["rated once", PRODUCTS[0], 5, 1_300_000_000],
        ["rated what is dropped", "only here", 5, 1_300_000_000],
        ["changed their mind", PRODUCTS[0], 1, 1_300_000_000],
        ["changed their mind", PRODUCTS[0], 5, 1_300_000_001],
        ["off the scale", PRODUCTS[0], 7, 1_300_000_000],
        ["off the scale", PRODUCTS[1], 0, 1_300_000_000],
    ]
    return rows


def write(folder: Path, rows: list[list]) -> Path:
    folder.mkdir(exist_ok=True)
    with (folder / "ratings_Electronics.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


@pytest.fixture(scope="module")
def awkward(tmp_path_factory) -> Warehouse:
    folder = tmp_path_factory.mktemp("awkward")
    warehouse = Warehouse(folder / "warehouse", write(folder / "raw", ratings()))
    run = warehouse.dbt(
        "build",
        "--select",
        "+tag:ratings",
        "--exclude",
        "test_type:data",
        "test_type:unit",
        variables={**RATINGS_ONLY, "ratings_min_per_user": 1, "ratings_min_per_product": 2},
    )
    assert run.returncode == 0, run.stdout[-6000:]
    return warehouse


def sources(warehouse: Warehouse, user: str) -> list[tuple]:
    return warehouse.query(
        f"""
        select source, count(*) from recommendations.product_recommendations
        where user_id = '{user}' group by source order by source
        """,
        working=True,
    )


def test_ids_keep_their_zeros(awkward):
    kept = awkward.query("select product_id from features.kept_products", working=True)
    assert sorted(product_id for (product_id,) in kept) == PRODUCTS


def test_the_last_of_two_ratings_of_a_pair_wins(awkward):
    assert awkward.query(
        "select rating from features.kept_ratings where user_id = 'changed their mind'",
        working=True,
    ) == [(5.0,)]


def test_ratings_off_the_scale_are_rejected(awkward):
    assert awkward.query(
        "select count(*) from features.kept_users where user_id = 'off the scale'", working=True
    ) == [(0,)]


def test_who_rated_everything_gets_nothing_and_nobody_gets_what_they_rated(awkward):
    assert sources(awkward, "rated everything") == []


def test_short_histories_are_served_from_similar_ones(awkward):
    served = dict(sources(awkward, "rated once"))
    assert served["similar_history"] > 0
    assert sum(served.values()) == 10


def test_who_has_no_kept_rating_gets_popular_products(awkward):
    assert sources(awkward, "rated what is dropped") == [("popular", 10)]
    popular = awkward.query(
        """
        select popular.product_id = recommended.product_id
        from recommendations.product_recommendations as recommended
        inner join recommendations.popular_products as popular using (rank)
        where user_id = 'rated what is dropped'
        """,
        working=True,
    )
    assert popular == [(True,)] * 10


def test_every_product_has_similar_ones(awkward):
    assert awkward.query(
        """
        select count(distinct product_id), min(listed), max(listed)
        from (
            select product_id, count(*) as listed
            from recommendations.similar_products group by product_id
        )
        """,
        working=True,
    ) == [(30, 10, 10)]


def test_the_rules_on_the_awkward_file_hold(awkward):
    run = awkward.dbt(
        "test",
        "--select",
        "every_kept_user_is_served",
        "recommended_products_are_unseen",
        "excluded_products_are_not_shown",
        variables={**RATINGS_ONLY, "ratings_min_per_user": 1, "ratings_min_per_product": 2},
    )
    assert run.returncode == 0, run.stdout[-3000:]


@pytest.mark.parametrize(
    ("per_user", "per_product", "said"),
    [
        (99, 1, "users need 99 ratings and products 1 of theirs, and 0 users and 0 products do"),
        (2, 99, "users need 2 ratings and products 99 of theirs, and 61 users and 0 products do"),
    ],
)
def test_a_filter_that_nobody_passes_is_one_line(tmp_path, per_user, per_product, said):
    warehouse = Warehouse(tmp_path / "warehouse", write(tmp_path / "raw", ratings()))
    run = warehouse.dbt(
        "build",
        "--select",
        "+kept_ratings",
        "--exclude",
        "test_type:unit",
        variables={
            **RATINGS_ONLY,
            "ratings_min_per_user": per_user,
            "ratings_min_per_product": per_product,
        },
    )
    assert run.returncode == 1
    assert said in run.stdout
    assert "lower the vars ratings_min_per_user and ratings_min_per_product" in run.stdout
