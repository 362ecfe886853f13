"""Two programs on one warehouse at the same time: one loses, with one line, and nothing is torn.

`make drills` has 50 collisions of each pair, at random offsets.
"""

import random
import re
import time
from bisect import bisect_right
from collections import Counter
from itertools import accumulate
from pathlib import Path

import duckdb
import pytest
from conftest import NIGHTLY, Warehouse
from drill import (
    PAIRS,
    QUICK,
    Night,
    Started,
    change_visitors,
    dice_of,
    generation,
    history_of,
    kept,
    parts_of,
    readers,
    small_warehouse,
    start_build,
    start_script,
    undisturbed,
)
from reader import read_whole

pytestmark = pytest.mark.slow

LOST = re.compile(r"(?:Another|A) build is running in .+")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Warehouse:
    """Return a small warehouse that is published, with earlier generations."""
    return small_warehouse(tmp_path_factory.mktemp("pairs"), nights=3)


@pytest.fixture(scope="module")
def night(warehouse) -> Night:
    return undisturbed(warehouse)


def parent_of(path: Path) -> str:
    with duckdb.connect(path, read_only=True) as connection:
        ((parent,),) = connection.execute(
            "select distinct previous_generation_id from monitoring.build_info"
        ).fetchall()
    return parent


class Lineage:
    """The history of every generation that was published, to be held against its children's."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        files = (warehouse.published, *kept(warehouse))
        self.histories = {read_whole(path): history_of(path) for path in files}

    def check(self) -> None:
        """Hold what is published against the generation that it was built on, or was before."""
        files = {
            read_whole(path): path for path in (self.warehouse.published, *kept(self.warehouse))
        }
        self._check(generation(self.warehouse), files)

    def _check(self, found: str, files: dict[str, Path]) -> None:
        rows = history_of(files[found])
        if found in self.histories:
            assert rows == self.histories[found]
            return
        parent = parent_of(files[found])
        if parent not in self.histories:
            # Two builds that did not meet: one published after the other.
            self._check(parent, files)
        assert rows > self.histories[parent]
        self.histories[found] = rows

    def forget(self, person: str) -> None:
        self.histories = {
            published: {row for row in rows if person not in row}
            for published, rows in self.histories.items()
        }


def wait_for_a_moment(
    build: Started, other: str, dice: random.Random, night: Night, turn: int
) -> None:
    """Wait so long that another program takes the lock at any moment of a build.

    Every second time that is about when the build takes it. Else the time is counted from the phase
    of the build that it falls in, since a machine is not always as fast as it was.
    """
    takes_lock_after = night.seconds["start"] if other == "build" else 0
    if turn % 2 == 0:
        time.sleep(max(0, dice.gauss(night.seconds["start"], 1) - takes_lock_after))
        return
    wanted = max(0, dice.uniform(0, sum(night.seconds.values())) - takes_lock_after)
    ends = list(accumulate(night.seconds.values()))
    phase = bisect_right(ends, wanted)
    build.wait_for(list(night.seconds)[phase])
    time.sleep(wanted - [0, *ends][phase])


def start(other: str, warehouse: Warehouse, person: str) -> Started:
    if other == "build":
        return start_build(warehouse)
    return start_script(warehouse, other, ID=person)


def collide(
    other: str, warehouse: Warehouse, lineage: Lineage, dice: random.Random, night: Night, turn: int
) -> str:
    """Start a build and another program until one of them loses; return which."""
    for again in range(20):
        change_visitors(warehouse, dice)
        customers = warehouse.query("select customer_id from segmentation.customer_segments")
        ((person,),) = dice.sample(sorted(customers), 1)
        first = start_build(warehouse)
        wait_for_a_moment(first, other, dice, night, turn + again)
        second = start(other, warehouse, person)
        programs = {"the build": first, f"the other {other}": second}
        losers = {name: program for name, program in programs.items() if program.ended()}
        if other == "forget" and second not in losers.values():
            lineage.forget(person)
        lineage.check()
        for name, loser in losers.items():
            assert len(losers) == 1, first.output() + second.output()
            assert len(LOST.findall(loser.output())) == 1, loser.output()
            assert "Traceback" not in loser.output()
            return name
    pytest.fail(f"20 times a build did not meet the other {other}")


@pytest.mark.parametrize("turns", parts_of(PAIRS, 10), ids=lambda turns: f"{turns[0]}-{turns[-1]}")
@pytest.mark.parametrize("other", ["build", "forget", "rollback"])
def test_two_programs_at_the_same_time(warehouse, night, other, turns):
    dice, lineage, lost = dice_of(turns[0]), Lineage(warehouse), Counter()
    with readers(warehouse) as reports:
        for turn in turns:
            loser = collide(other, warehouse, lineage, dice, night, turn)
            lost[loser] += 1
            if loser == "the build":
                assert warehouse.dbt(*NIGHTLY, variables=QUICK).returncode == 0
                lineage.check()
    assert lost.total() == len(turns)
    print(f"{len(turns)} collisions of a build and another {other}; lost: {dict(lost)}")
    print(f"meanwhile read {sum(report['reads'] for report in reports)} times")
