"""Clients that write to the published file beside builds: what was published is what counts."""

import signal
import sys
import time
from pathlib import Path

import pytest
from conftest import NIGHTLY, Warehouse
from drill import (
    HERE,
    PAIRS,
    QUICK,
    Night,
    Started,
    assert_nothing_is_lost,
    assert_the_next_build_succeeds,
    change_visitors,
    dice_of,
    generation,
    history,
    history_of,
    kept,
    parts_of,
    small_warehouse,
    start_build,
    start_script,
    undisturbed,
)
from reader import read_whole

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Warehouse:
    """Return a small warehouse that is published, with earlier generations."""
    return small_warehouse(tmp_path_factory.mktemp("clients"), nights=3)


@pytest.fixture(scope="module")
def night(warehouse) -> Night:
    return undisturbed(warehouse)


def start_writer(warehouse: Warehouse, *how: str) -> Started:
    """Start a client that deletes a customer from the published file, and is then killed."""
    program = [sys.executable, HERE / "writer.py", warehouse.published, *how]
    return Started(warehouse, {"args": program})


def wal_of(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def lines_about_changes(output: str) -> list[str]:
    """Return where a program says that it set the changes of a client aside."""
    return [line for line in output.splitlines() if "changes that a client made" in line]


@pytest.mark.parametrize(
    "turns", parts_of(min(PAIRS, 20), 5), ids=lambda turns: f"{turns[0]}-{turns[-1]}"
)
def test_a_client_that_is_killed_while_it_writes_beside_a_build(warehouse, night, turns):
    dice, held = dice_of(turns[0]), 0
    for _ in turns:
        before, known = generation(warehouse), history(warehouse)
        change_visitors(warehouse, dice)
        build = start_build(warehouse)
        time.sleep(dice.uniform(0, sum(night.seconds.values())))
        writer = start_writer(warehouse)
        assert writer.ended() == -signal.SIGKILL, writer.output()
        if build.ended():
            # It came while the client had the file open.
            held += 1
            assert str(writer.process.pid) in build.output()
        run = warehouse.dbt(*NIGHTLY, variables=QUICK)
        assert run.returncode == 0, run.stdout[-4000:]
        assert generation(warehouse) > before
        assert known < history(warehouse)
        for path in kept(warehouse):
            assert read_whole(path) == path.stem
            assert path.stem <= before or known < history_of(path)
        assert len(lines_about_changes(build.output() + run.stdout + run.stderr)) == 1
        assert not wal_of(warehouse.published).exists()
    print(f"{len(turns)} writers were killed; {held} builds found the file held")


@pytest.mark.parametrize("script", ["rollback", "forget"])
def test_what_a_killed_client_wrote_is_neither_rolled_back_nor_kept(warehouse, script):
    generations = {path.stem: history_of(path) for path in kept(warehouse)}
    generations[generation(warehouse)] = history(warehouse)
    before = generation(warehouse)
    ((person,),) = warehouse.query("select max(customer_id) from segmentation.customer_segments")
    writer = start_writer(warehouse)
    assert writer.ended() == -signal.SIGKILL, writer.output()
    assert wal_of(warehouse.published).exists()
    run = start_script(warehouse, script, ID=person)
    assert run.ended() == 0, run.output()
    assert len(lines_about_changes(run.output())) == 1
    assert not wal_of(warehouse.published).exists()
    published = generation(warehouse)
    assert published < before if script == "rollback" else published == before
    gone = {person} if script == "forget" else set()
    assert script == "rollback" or any(person in row for row in generations[published])
    for path in (warehouse.published, *kept(warehouse)):
        expected = {row for row in generations[read_whole(path)] if gone.isdisjoint(row)}
        assert history_of(path) == expected
    assert_the_next_build_succeeds(warehouse, published, history(warehouse))


@pytest.mark.parametrize("program", ["build", "rollback", "forget"])
def test_a_client_that_has_the_file_open_for_writing(warehouse, program):
    before, known = generation(warehouse), history(warehouse)
    ((person,),) = warehouse.query("select max(customer_id) from segmentation.customer_segments")
    writer = start_writer(warehouse, "stays")
    while not writer.output():
        time.sleep(0.05)
    if program == "build":
        run = start_build(warehouse)
    else:
        run = start_script(warehouse, program, ID=person)
    failed = run.ended() != 0
    code = writer.ended()
    assert failed, run.output()
    lines = [line for line in run.output().splitlines() if str(writer.process.pid) in line]
    assert len(lines) == 1, run.output()
    assert "make rollback" not in run.output()
    assert "Traceback" not in run.output()
    assert code == -signal.SIGKILL
    assert wal_of(warehouse.published).exists()
    run = warehouse.dbt(*NIGHTLY, variables=QUICK)
    assert run.returncode == 0, run.stdout[-4000:]
    assert_nothing_is_lost(warehouse, before, known)
    assert generation(warehouse) > before
