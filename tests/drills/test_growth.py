"""A month of nights on many customers: neither file nor night grows faster than what changes.

`make drills` has a million customers, of whom one in a hundred changes every night, and 30 nights.
"""

import os
import resource
import time
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import NIGHTLY, QUICK_MALL, Warehouse, built

# All share one month of nights, which must not be built by several processes.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("growth")]

CUSTOMERS = int(os.environ.get("DRILL_GROWTH_CUSTOMERS", "20000"))
NIGHTS = int(os.environ.get("NIGHTS", "3"))
CHANGING = 0.01
# Every night but the first, on a few customers, applies its model.
FITTED_ON = 2000
SCORING = {**QUICK_MALL, "training": "score"}
# Mean income and spending score of five kinds of visitors, far enough apart to be five segments.
KINDS = np.array([[25, 20], [25, 80], [55, 50], [88, 82], [88, 17]])
# A customer who changes ends one row of the history and begins another: a key, two times, a segment
# with its name, and what the times take in the rows beside them, which are compressed together.
BYTES_PER_CHANGE = 48
# DuckDB's files grow by blocks, and each of a night's tables may begin one.
SLACK = 16 * 2**18
# The processor's seconds vary by so much between equal nights.
NOISE = 1.25


@dataclass
class Night:
    """What one night took, and what it left."""

    seconds: float
    processor_seconds: float
    published_bytes: int
    history_bytes: int
    history_rows: int
    new_rows: int


class Mall:
    """Many visitors, of whom a few become visitors of another kind every day."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "Mall_Customers.parquet"
        self.random = np.random.default_rng(7)
        self.kinds = self.random.integers(0, len(KINDS), CUSTOMERS)
        self.deviations = self.random.normal(0, [5, 6], (CUSTOMERS, 2))
        self.ages = self.random.integers(18, 80, CUSTOMERS)

    def pass_a_day(self) -> None:
        changing = self.random.choice(CUSTOMERS, int(CHANGING * CUSTOMERS), replace=False)
        others = self.random.integers(1, len(KINDS), len(changing))
        self.kinds[changing] = (self.kinds[changing] + others) % len(KINDS)

    def write(self, visitors: int = CUSTOMERS) -> None:
        figures = (KINDS[self.kinds] + self.deviations).round().astype(int)[:visitors]
        frame = pd.DataFrame(
            {
                "CustomerID": [f"v{at:07}" for at in range(visitors)],
                "Gender": "Female",
                "Age": self.ages[:visitors],
                "Annual Income (k$)": figures[:, 0].clip(5, 250),
                "Spending Score (1-100)": figures[:, 1].clip(1, 100),
            }
        )
        frame.to_parquet(self.path, index=False)


def bytes_alone(warehouse: Warehouse, table: str) -> int:
    """Return what a published table takes in a file of its own."""
    alone = warehouse.folder.parent / "alone.duckdb"
    alone.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse.published}' as published (read_only)")
        connection.execute(f"attach '{alone}' as alone (storage_version 'v1.2.0')")
        connection.execute(f"create table alone.copied as from published.{table}")
    return alone.stat().st_size


def pass_a_night(warehouse: Warehouse) -> Night:
    ((rows_before,),) = warehouse.query("select count(*) from segmentation.segment_history")
    before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run = warehouse.dbt(*NIGHTLY, variables=SCORING)
    seconds = time.perf_counter() - clock
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run.returncode == 0, run.stdout[-4000:]
    ((rows,),) = warehouse.query("select count(*) from segmentation.segment_history")
    return Night(
        seconds,
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        warehouse.published.stat().st_size,
        bytes_alone(warehouse, "segmentation.segment_history"),
        rows,
        rows - rows_before,
    )


def show(nights: list[Night]) -> None:
    print(*(f"{field.name:>18}" for field in fields(Night)))
    for night in nights:
        print(*(f"{figure:18,.0f}" for figure in astuple(night)))


@pytest.fixture(scope="module")
def nights(tmp_path_factory) -> list[Night]:
    """Return what nights took when all customers were known: only changes are new."""
    folder = tmp_path_factory.mktemp("growth")
    (folder / "raw").mkdir()
    mall = Mall(folder / "raw")
    mall.write(FITTED_ON)
    warehouse = built(folder / "warehouse", folder / "raw", QUICK_MALL)
    mall.write()
    passed = [pass_a_night(warehouse)]
    for _ in range(NIGHTS):
        mall.pass_a_day()
        mall.write()
        passed.append(pass_a_night(warehouse))
        show(passed[-1:])
    show(passed)
    return passed


def test_only_changes_are_new_rows_of_the_history(nights):
    first, *later = nights
    assert first.history_rows == CUSTOMERS
    for night in later:
        # Nearly everybody who becomes of another kind is of another segment.
        assert 0.95 * CHANGING * CUSTOMERS <= night.new_rows <= CHANGING * CUSTOMERS


def test_the_published_file_grows_by_no_more_than_the_changes(nights):
    first, last = nights[0], nights[-1]
    changes = last.history_rows - first.history_rows
    allowed = BYTES_PER_CHANGE * changes + SLACK
    assert last.published_bytes - first.published_bytes <= allowed
    assert last.history_bytes - first.history_bytes <= allowed


def test_nights_take_no_longer_than_the_history_grows(nights):
    some = max(1, min(5, NIGHTS // 2))
    first, last = nights[1:][:some], nights[-some:]
    seconds = [np.mean([night.processor_seconds for night in part]) for part in (first, last)]
    rows = [np.mean([night.history_rows for night in part]) for part in (first, last)]
    assert seconds[1] / seconds[0] <= NOISE * rows[1] / rows[0]
