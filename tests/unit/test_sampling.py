"""A fit takes at most so many rows, the first by md5 of the key."""

import hashlib

import duckdb
import pytest

from models_py.sampling import first_by_md5, first_of_each_split, rows_of


def md5(key: str) -> str:
    return hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()


@pytest.fixture
def rows():
    """Return two rows for each of 60 customers: 10 to fit on, 20 that judge, 30 to score."""
    with duckdb.connect() as connection:
        yield connection.sql(
            "select 'c' || customer as customer_id, month,"
            " case when customer < 10 then 'train' when customer < 30 then 'holdout' else 'new' end"
            " as split from range(60) as c (customer), range(2) as m (month)"
        )


def test_all_rows_of_the_first_keys_by_md5_are_kept(rows):
    kept = first_by_md5(rows, "customer_id", 7)
    first = sorted({f"c{number}" for number in range(60)}, key=md5)[:7]
    expected = sorted((key, month) for key in first for month in range(2))
    assert sorted(kept.project("customer_id, month").fetchall()) == expected
    # The order of rows changes nothing.
    turned = first_by_md5(rows.order("customer_id desc, month"), "customer_id", 7)
    assert sorted(turned.fetchall()) == sorted(kept.fetchall())


def test_nothing_is_left_out_where_there_are_few(rows):
    assert sorted(first_by_md5(rows, "customer_id", 60).fetchall()) == sorted(rows.fetchall())


def test_each_part_is_drawn_for_itself_and_keeps_its_features(rows):
    kept = first_of_each_split(rows, "customer_id", 12)
    counted = kept.aggregate("split, count(distinct customer_id), count(*)", "split").fetchall()
    assert sorted(counted) == [("holdout", 12, 24), ("new", 12, 24), ("train", 10, 20)]
    features = rows.project("customer_id, month, 'visits' as feature")
    found = rows_of(features, kept, "customer_id, month")
    assert found.columns == ["customer_id", "month", "feature"]
    assert sorted(row[:2] for row in found.fetchall()) == sorted(row[:2] for row in kept.fetchall())
