"""Nights one after the other, on visitors of a mall who come, go, return and change."""

import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import NIGHTLY, QUICK_MALL, SAMPLE, Warehouse, built

# All share one month of nights, which must not be built by several processes.
pytestmark = [pytest.mark.xdist_group("nights"), pytest.mark.slow]
NIGHTS = int(os.environ.get("NIGHTS", "2"))
MALL = {"sources_enabled": ["mall"], "drift_min_rows": 300, "segmentation_resamples": 20}
# Mean income and spending score of five kinds of visitors.
KINDS = np.array([[25, 20], [25, 80], [55, 50], [88, 82], [88, 17]])


class Mall:
    """Visitors of a mall; whoever arrives later earns a little more."""

    def __init__(self, folder: Path, n_visitors: int = 600) -> None:
        self.path = folder / "Mall_Customers.csv"
        self.random = np.random.default_rng(7)
        self.visitors = pd.DataFrame(columns=["income", "score", "is_here"])
        self.night = 0
        self.arrive(n_visitors)
        self.write()

    def arrive(self, n: int) -> None:
        kinds = KINDS[self.random.integers(0, 5, n)] + [self.night * 2, 0]
        figures = kinds + self.random.normal(0, [5, 6], (n, 2))
        ids = [f"v{len(self.visitors) + at:05}" for at in range(n)]
        arrived = pd.DataFrame(
            {
                "income": figures[:, 0].clip(5, 250).round().astype(int),
                "score": figures[:, 1].clip(1, 100).round().astype(int),
                "is_here": True,
            },
            index=ids,
        )
        self.visitors = pd.concat([self.visitors, arrived]).astype({"is_here": bool})

    def pick(self, share: float, *, here: bool) -> pd.Index:
        pool = self.visitors.index[self.visitors["is_here"] == here]
        return pool[self.random.random(len(pool)) < share]

    def pass_a_day(self) -> pd.Index:
        """Let a day pass; return the visitors who stayed as they were."""
        self.night += 1
        before = self.visitors[self.visitors["is_here"]].copy()
        leaving, returning = self.pick(0.02, here=True), self.pick(0.1, here=False)
        self.visitors.loc[leaving, "is_here"] = False
        self.visitors.loc[returning, "is_here"] = True
        changing = self.pick(0.02, here=True)
        self.visitors.loc[changing, "score"] = 101 - self.visitors.loc[changing, "score"]
        self.arrive(12)
        self.write()
        after = self.visitors[self.visitors["is_here"]].reindex(before.index)
        return before.index[(before == after).all(axis=1)]

    def write(self) -> None:
        here = self.visitors[self.visitors["is_here"]]
        rows = [
            f"{key},Female,40,{income},{score}"
            for key, income, score in zip(here.index, here["income"], here["score"], strict=True)
        ]
        header = "CustomerID,Gender,Age,Annual Income (k$),Spending Score (1-100)"
        self.path.write_text("\n".join([header, *rows]) + "\n")


def segments(warehouse: Warehouse) -> dict[str, int]:
    return dict(
        warehouse.query("select customer_id, segment_id from segmentation.customer_segments")
    )


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """The warehouse after the nights; per night who stayed as they were, and the segments."""
    raw = tmp_path_factory.mktemp("raw")
    mall = Mall(raw)
    warehouse = Warehouse(tmp_path_factory.mktemp("year"), raw)
    nights, sizes = [], []
    for night in range(NIGHTS + 1):
        unchanged = mall.pass_a_day() if night else []
        # Once somebody asks for a new fit; the other nights decide for themselves.
        training = "refit" if night == 2 else "auto"
        run = warehouse.dbt(*NIGHTLY, variables={**MALL, "training": training})
        assert run.returncode == 0, run.stdout[-4000:]
        nights.append((unchanged, segments(warehouse)))
        ((rows,),) = warehouse.query(
            "select sum(estimated_size) from duckdb_tables() where not internal"
        )
        sizes.append((rows, warehouse.published.stat().st_size))
    return mall, warehouse, nights, sizes


def test_segment_ids_stay_with_customers_who_did_not_change(year):
    _, _, nights, _ = year
    for (_, before), (unchanged, after) in pairwise(nights):
        kept = [before[key] == after[key] for key in unchanged]
        assert len(kept) > 400
        assert np.mean(kept) >= 0.95


def test_the_history_says_where_every_customer_was_on_every_night(year):
    _, warehouse, nights, _ = year
    builds = warehouse.query(
        "select distinct generation_id, strptime(generation_id, '%Y%m%dT%H%M%S.%fZ')"
        " from monitoring.training_decisions order by 1"
    )
    assert len(builds) == NIGHTS + 1
    for (_, assigned), (_, moment) in zip(nights, builds, strict=True):
        in_history = warehouse.query(
            "select customer_id, segment_id from segmentation.segment_history"
            f" where valid_from <= '{moment}' and (valid_to is null or valid_to > '{moment}')"
            " and is_active"
        )
        assert dict(in_history) == assigned


def test_the_history_has_no_gap_or_overlap_and_leaving_is_a_row(year):
    mall, warehouse, _, _ = year
    broken = warehouse.query(
        "select * from (select valid_to, lead(valid_from) over (partition by customer_id"
        " order by valid_from) as next_from from segmentation.segment_history)"
        " where valid_to is distinct from next_from"
    )
    assert broken == []
    away = warehouse.query(
        "select customer_id from segmentation.segment_history where valid_to is null"
        " and not is_active and segment_id is null order by 1"
    )
    assert [key for (key,) in away] == sorted(mall.visitors.index[~mall.visitors["is_here"]])


def test_migrations_add_up_to_the_segments(year):
    _, warehouse, _, _ = year
    balance = warehouse.query(
        "select segment, sum(customers) from (select to_segment as segment, customers"
        " from segmentation.segment_migrations union all select from_segment, -customers"
        " from segmentation.segment_migrations) where segment > 0 group by 1"
        " having sum(customers) != 0 order by 1"
    )
    sizes = warehouse.query("select segment_id, customers from segmentation.segments order by 1")
    assert balance == sizes


def test_what_was_decided_every_night_is_a_row(year):
    _, warehouse, _, _ = year
    decisions = warehouse.query(
        "select decision, outcome from monitoring.training_decisions order by generation_id"
    )
    assert decisions[0] == ("search", "first")
    assert decisions[1] == ("score", "scored")
    assert decisions[2] == ("refit", "replaced")


def test_the_published_file_grows_by_no_more_than_its_rows(year):
    _, _, _, sizes = year
    (rows_before, bytes_before), (rows, size) = sizes[0], sizes[-1]
    assert rows > rows_before
    assert size / rows <= bytes_before / rows_before


@pytest.mark.slow
def test_a_fit_that_was_kept_out_is_remembered_on_nights_that_score(tmp_path):
    warehouse = built(tmp_path, SAMPLE, QUICK_MALL)
    losses = {"segmentation": -1, "propensity": 0, "recommendations": 0, "sales": 0}
    always_worse = {"training": "refit", "max_quality_loss": losses}
    for variables in (always_worse, {}, {}):
        run = warehouse.dbt(*NIGHTLY, variables={**QUICK_MALL, **variables})
        assert run.returncode == 0, run.stdout[-4000:]
    outcomes = "select outcome from monitoring.training_decisions order by generation_id"
    assert warehouse.query(outcomes) == [("first",), ("kept",), ("scored",), ("scored",)]
    last = "select outcome, last_fit_outcome from state.previous_training_decisions"
    assert warehouse.query(last, working=True) == [("scored", "kept")]


@pytest.mark.slow
def test_a_pin_on_a_model_that_does_not_serve_stops_the_build_with_one_line(year):
    _, warehouse, _, _ = year
    ((serves,),) = warehouse.query("select distinct model_run_id from segmentation.segments")
    run = warehouse.dbt(*NIGHTLY, variables={**MALL, "pinned_models": {"mall": "0123"}})
    assert run.returncode != 0
    said = f"var pinned_models: mall is pinned to 0123, and what serves is {serves}."
    assert run.stdout.count(said) == 1
